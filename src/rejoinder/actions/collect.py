"""What a customer was asked for (`collect_info`), and what their next words make of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.actions.model import CollectInfo
from rejoinder.actions.phrases import declines, is_question, waits, wrong
from rejoinder.llm.model import Entity
from rejoinder.text.language import language as language_of

TRIES = 3
"""A question is asked as often before a person is called."""

OPEN_FOR = timedelta(hours=24)
"""After that the customer talks about something else; it is also what most platforms let us answer in."""

LONGEST = 500
"""Characters of what is kept; a longer text is no answer to one question."""

EXACT = frozenset(
    {"email", "phone", "date", "time", "datetime", "quantity", "money", "order_number", "url"}
)
"""Kinds that few texts are valid for. Of the others, a question or a refusal is none, whatever `valid` says."""

_SHORT = 40
"""Characters: so little that it must be meant as an answer."""

_LINE = 16
"""Characters: in less than that a language is guessed ("E-mail?")."""

_MEANT = {
    "email": re.compile("@"),
    "phone": re.compile(r"(?:\d\D{0,3}){4}"),
    "date": re.compile(r"\d"),
    "time": re.compile(r"\d"),
    "datetime": re.compile(r"\d"),
    "quantity": re.compile(r"\d"),
}
"""What shows that a longer message was meant as an answer, though it is none."""

_NO_SUBJECT = frozenset({"unknown", "greeting", "compliment"})
"""Intents of messages that bring up nothing of their own."""

_ADDRESS = re.compile(r"(?<![^\s,;<>()])[^\s,;<>()]+@[^\s,;<>()]+")

Valid: TypeAlias = Callable[[str, str], str | None]
"""(kind, value) → its one form, None where it is not valid."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """An open question; `tries` counts how often it was asked, `put_off` that the customer spoke of something else."""

    action_id: UUID
    field: str
    kind: str
    question: str
    tries: int
    asked_at: datetime
    turn_id: UUID
    put_off: bool = False

    def stored(self) -> dict[str, JsonValue]:
        """As `conversations.collecting` holds it."""
        return {
            "action_id": str(self.action_id),
            "field": self.field,
            "kind": self.kind,
            "question": self.question,
            "tries": self.tries,
            "asked_at": self.asked_at.isoformat(),
            "turn_id": str(self.turn_id),
            "put_off": self.put_off,
        }

    @classmethod
    def read(cls, stored: Mapping[str, JsonValue]) -> Collecting:
        """From `conversations.collecting`."""
        tries = stored["tries"]
        assert isinstance(tries, int), "as it was stored"
        return cls(
            action_id=UUID(str(stored["action_id"])),
            field=str(stored["field"]),
            kind=str(stored["kind"]),
            question=str(stored["question"]),
            tries=tries,
            asked_at=datetime.fromisoformat(str(stored["asked_at"])),
            turn_id=UUID(str(stored["turn_id"])),
            put_off=stored.get("put_off") is True,
        )


@dataclass(frozen=True, slots=True)
class Got:
    """The customer told it: `value` is its one form."""

    of: Collecting
    value: str
    left: None = None


@dataclass(frozen=True, slots=True)
class Again:
    """What they wrote is not valid: `reply` says what is wrong and asks again. `left` is the question as it stands."""

    of: Collecting
    left: Collecting
    reply: str


@dataclass(frozen=True, slots=True)
class Kept:
    """They spoke of something else; the question stays open, and is not asked again for now."""

    of: Collecting
    left: Collecting


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It was asked often enough: a person should be called, and `why` tells them."""

    of: Collecting
    why: str
    left: None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """They don't want to tell, or no more: nobody waits for it."""

    of: Collecting
    why: str
    left: None = None


Outcome: TypeAlias = Got | Again | Kept | GaveUp | Cancelled
"""`left` is the question that is open from now on."""


def begin(
    asked: CollectInfo,
    action_id: UUID,
    turn_id: UUID,
    now: datetime,
    before: Collecting | None = None,
) -> Collecting:
    """A question that was just asked; `before` is the one that was open till now, the tries of which count on."""
    again = before is not None and before.field == asked.field
    tries = before.tries + 1 if before is not None and again else 1
    return Collecting(action_id, asked.field, asked.kind, asked.question, tries, now, turn_id)


def heard(
    collecting: Collecting,
    asked: Sequence[str],
    *,
    turn_id: UUID,
    now: datetime,
    valid: Valid,
    found: Sequence[Entity] = (),
    intent: str = "unknown",
    language: str = "en",
) -> Outcome:
    """What the customer's unanswered messages `asked` make of an open question.

    `found` are the things that were found in them, `intent` is what the local source takes them to want (what it calls
    unknown is likelier an answer), `language` is theirs. A valid value counts wherever it stands. What
    looks like an answer and is none is asked for again. Whoever refuses, or speaks of something else, is left alone:
    once the question stays open, then it is cancelled.
    """
    if now - collecting.asked_at > OPEN_FOR:
        return Cancelled(collecting, "the customer wrote later than a day after the question")
    text = "\n".join(asked).strip()
    value = _value(collecting, text, found, valid) if text else None
    if value is not None:
        return Got(collecting, value)
    if not text or (collecting.kind != "text" and all(map(waits, asked))):
        return Kept(collecting, collecting)
    if _is_meant(collecting.kind, text, intent):
        return _again(collecting, turn_id, now, language)
    if collecting.put_off:
        return Cancelled(
            collecting, "the customer speaks of something else, or does not want to tell"
        )
    return Kept(collecting, replace(collecting, put_off=True))


def _value(collecting: Collecting, text: str, found: Sequence[Entity], valid: Valid) -> str | None:
    kind = collecting.kind
    if kind not in EXACT and (declines(text, free=kind == "text") or is_question(text)):
        return None
    for each in _candidates(collecting, text, found):
        value = valid(kind, each) if len(each) <= LONGEST else None
        if value is not None:
            return value
    return None


def _candidates(collecting: Collecting, text: str, found: Sequence[Entity]) -> Iterator[str]:
    """What may be it, the likeliest first: of several that were named the last, which often corrects the first."""
    for entity in reversed(found):
        if entity.type in (collecting.kind, collecting.field):
            yield entity.normal or entity.value
            yield entity.value
    yield text
    if collecting.kind == "email":
        yield from (each.strip(".!?:\"'") for each in reversed(_ADDRESS.findall(text)))
    if collecting.kind != "text":
        yield from (line.strip() for line in reversed(text.splitlines()) if line.strip())


def _is_meant(kind: str, text: str, intent: str) -> bool:
    if is_question(text) or declines(text, free=kind == "text"):
        return False
    shows = _MEANT.get(kind)
    if shows and shows.search(text):
        return True
    return len(text) <= _SHORT and intent in _NO_SUBJECT


def _again(collecting: Collecting, turn_id: UUID, now: datetime, language: str) -> Outcome:
    if collecting.tries >= TRIES:
        why = f"the customer was asked for {collecting.field} {collecting.tries} times and told nothing valid"
        return GaveUp(collecting, why)
    left = replace(
        collecting, tries=collecting.tries + 1, asked_at=now, turn_id=turn_id, put_off=False
    )
    told = wrong(collecting.kind, _spoken(collecting.question, language))
    return Again(collecting, left, f"{told}\n{collecting.question}")


def _spoken(question: str, language: str) -> str:
    """The language of the question, before which it is told; an address or a number speaks none."""
    asked_in = language_of(question) if len(question) >= _LINE else "und"
    return asked_in if asked_in != "und" else language
