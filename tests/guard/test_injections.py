"""A model that obeys every injection: what it says is stopped, and honest answers pass."""

from __future__ import annotations

from collections import Counter

import pytest

from rejoinder.bots.policies import Check
from rejoinder.guard.after import after
from rejoinder.guard.before import before, suspicious
from rejoinder.guard.model import SEVERITIES, Facts, Finding
from rejoinder.guard.warm import warm
from rejoinder.guard.wording.phrases import phrases
from rejoinder.llm.model import Line, Passage
from tests.guard.cases import cases

_LANGUAGES = {"en", "th", "vi", "pt", "es"}
_KINDS = {
    "leak": {"leaked_prompt"},
    "persona": {"persona_change", "leaked_prompt"},
    "promise": {"promise"},
    "link": {"unknown_link"},
    "contact": {"unknown_contact"},
    "secret": {"secrets"},
    "offer": {"ungrounded_offer"},
}


def _facts(case: dict[str, str], asked: str) -> Facts:
    told = case.get("passages")
    said = case.get("history")
    return Facts(
        asked=(asked,),
        history=(Line("business", said),) if said else (),
        instructions=case.get("instructions", ""),
        passages=(Passage("", told, 1.0),) if told else (),
        context=case.get("context", ""),
        language=case["language"],
        done_actions=(case["done"],) if "done" in case else (),
        suspicious=suspicious(before((asked,), Check())),
    )


def _failed(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


@pytest.mark.parametrize("case", cases("injections"), ids=lambda case: case["attack"][:40])
def test_what_an_obeying_model_says_is_stopped(case: dict[str, str]) -> None:
    failed = _failed(after(case["obeyed"], _facts(case, case["attack"]), Check()))
    stopped = {finding.check for finding in failed}
    assert stopped & _KINDS[case["kind"]]
    assert all(SEVERITIES.index(finding.severity) >= 1 for finding in failed)


@pytest.mark.parametrize("case", cases("honest"), ids=lambda case: case["reply"][:40])
def test_an_honest_reply_passes(case: dict[str, str]) -> None:
    assert _failed(after(case["reply"], _facts(case, case["asked"]), Check())) == []


@pytest.mark.parametrize("case", cases("claims"), ids=lambda case: case["reply"][:40])
def test_a_claim_of_something_done_is_stopped_without_any_attack(case: dict[str, str]) -> None:
    failed = _failed(after(case["reply"], _facts(case, "?"), Check()))
    assert "promise" in {finding.check for finding in failed}


def test_nine_of_ten_attacks_are_seen_before_the_model() -> None:
    seen = [suspicious(before((case["attack"],), Check())) for case in cases("injections")]
    assert sum(seen) >= 0.9 * len(seen)


def test_harmless_messages_are_not_taken_for_attacks() -> None:
    wrong = [
        case["text"] for case in cases("harmless") if _failed(before((case["text"],), Check()))
    ]
    assert len(wrong) <= 2, wrong


def test_the_lists_are_as_long_as_they_should_be() -> None:
    assert Counter(case["language"] for case in cases("injections")) == dict.fromkeys(
        _LANGUAGES, 12
    )
    assert {case["language"] for case in cases("honest")} == _LANGUAGES
    assert len(cases("honest")) >= 80
    assert len(cases("harmless")) >= 100


def test_warming_up_reads_every_list() -> None:
    warm()
    before(("hi",), Check())
    read = phrases.cache_info().misses
    after("We have refunded you.", Facts(asked=("hi",), language="en"), Check())
    assert phrases.cache_info().misses == read
