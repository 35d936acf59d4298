"""Why this reply: what was read, understood, found, checked and decided, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from rejoinder.guard.model import Finding
from rejoinder.turns.answering.judging.confidence import Evidence
from rejoinder.turns.answering.judging.escalate import Ruling
from rejoinder.turns.answering.judging.judge import Judged
from rejoinder.turns.answering.make import Made
from rejoinder.turns.answering.model import Window
from rejoinder.turns.answering.settle import Settled
from rejoinder.turns.answering.understand import Understood
from rejoinder.usage.model import Call


@dataclass(slots=True)
class Course:
    """What happened on the way to an answer; `times` are seconds by step, `budget` what was over its bound."""

    window: Window
    understood: Understood
    settled: Settled | None = None
    made: Made | None = None
    budget: str = ""
    times: dict[str, float] = field(default_factory=dict)


def explain(course: Course, judged: Judged, calls: Sequence[Call]) -> dict[str, JsonValue]:
    """The explanation of one turn. No text of a customer or a model stands in it: those are in the messages."""
    window, made = course.window, course.made
    told: dict[str, JsonValue] = {
        "mode": window.mode,
        "read": {
            "asked": [str(each.message_id) for each in window.asked],
            "history": [str(each.message_id) for each in window.history],
            "summary": bool(window.profile.summary),
        },
        "understanding": {
            **judged.understanding.told(),
            "by_rules": course.understood.local.told(),
        },
        "rules": [_ruling(each) for each in judged.rulings],
        "guard": {
            "before": _checked(course.understood.findings),
            "after": _checked(made.findings if made else ()),
            "thrown_away": [_found(one) for one in (made.before if made else ())],
        },
        "decision": judged.verdict.decision,
        "reason": judged.verdict.reason,
        "confidence": judged.verdict.confidence,
        "evidence": _evidence(judged.evidence),
        "calls": [_call(each) for each in calls],
        "times_ms": {name: round(seconds * 1e3, 2) for name, seconds in course.times.items()},
    }
    if course.settled is not None:
        told["without_a_model"] = course.settled.by
    if course.budget:
        told["budget"] = course.budget
    if made is not None:
        told["sources"] = list(judged.verdict.sources)
        told["found"] = [
            {"document_id": str(each.document_id), "title": each.label, "score": each.score}
            for each in made.found
        ]
        told["prompt"] = {"tokens": made.composed.tokens, "dropped": made.composed.dropped.told()}
        told["actions_left_out"] = list(made.problems)
    return told


def _ruling(each: Ruling) -> JsonValue:
    told: dict[str, JsonValue] = {"rule": each.rule, "fired": each.fired}
    return told | {"detail": each.detail} if each.fired else told


def _checked(findings: Sequence[Finding]) -> JsonValue:
    """The checks that found nothing by name alone: twenty verdicts that all passed are 1 kB of every answer."""
    return {"passed": [each.check for each in findings if each.ok], "found": _found(findings)}


def _found(findings: Sequence[Finding]) -> list[JsonValue]:
    return [
        {"check": each.check, "severity": each.severity, "detail": each.detail}
        for each in findings
        if not each.ok
    ]


def _evidence(found: Evidence | None) -> JsonValue:
    if found is None:
        return None
    return {
        "understood": found.understood,
        "supported": found.supported,
        "best_source": found.best,
        "says_it_does_not_know": found.declines,
        "second_try": found.retried,
    }


def _call(call: Call) -> JsonValue:
    return {
        "provider": call.provider,
        "model": call.model,
        "purpose": call.purpose,
        "outcome": call.outcome,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "cached_tokens": call.cached_tokens,
        "estimated": call.estimated,
        "cost_usd": None if call.cost is None else float(call.cost),
        "seconds": round(call.seconds, 4),
    }
