"""What a prompt tells of one turn: what is known of the customer, what rules understood, what is to be done now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rejoinder.llm.model import Understanding
from rejoinder.turns.prompt.model import Awaited, Profile, PromptFacts

LONGEST_VALUE = 200
"""Characters of one value of a profile or of a hint."""

_MOST_ATTRIBUTES = 40
_MOST_ENTITIES = 20
_LONGEST_NOTE = 300
_MOST_NOTES = 10


def profile(known: Profile) -> str:
    """What is known of the customer, a line each, the most telling first. Each value is one line, whatever it held."""
    lines = (f"{name}: {one_line(value)}" for name, value in _known(known) if one_line(value))
    return "\n".join(lines)


def hints(understood: Understanding | None) -> str:
    """What rules took the unanswered messages to mean."""
    if understood is None:
        return ""
    sure = f" ({understood.confidence:.2f})" if understood.confidence is not None else ""
    lines = [f"intent: {understood.intent}{sure}", f"sentiment: {understood.sentiment}"]
    lines += [f"language: {understood.language}"] if understood.language != "und" else []
    lines += [
        f"{one_line(entity.type)}: {one_line(entity.normal or entity.value)}"
        for entity in understood.entities[:_MOST_ENTITIES]
    ]
    return "\n".join(lines)


def task(facts: PromptFacts) -> str:
    """What is asked for this once, in our words and the operator's."""
    if facts.mode == "analyse":
        return ""
    greeting = facts.persona.greeting.strip() if facts.persona and facts.first else ""
    parts = (
        f"This is your first reply here. Begin it with this greeting, in the customer's language:\n{greeting}"
        if greeting
        else "",
        awaited(facts.awaited),
        "A person of the business reads your reply, and sends it or not."
        if facts.mode == "draft"
        else "",
        again(facts.notes),
    )
    return "\n\n".join(part for part in parts if part)


def awaited(waits: Awaited | None) -> str:
    """What the customer was asked for."""
    if waits is None:
        return ""
    return (
        f"You asked the customer for {waits.field} ({waits.kind}). If the unanswered messages give it, go on with what "
        "you wanted it for; if not, answer what they ask and ask for it once more, in other words."
    )


def again(notes: tuple[str, ...]) -> str:
    """What was wrong with a first try."""
    found = [f"- {one_line(note, _LONGEST_NOTE)}" for note in notes[:_MOST_NOTES] if note.strip()]
    if not found:
        return ""
    head = (
        "Your first reply to this was not sent. Write another one that does not have these faults:"
    )
    return "\n".join([head, *found])


def one_line(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text on one line, cut at `longest` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def _known(known: Profile) -> Iterator[tuple[str, str]]:
    yield "name", known.name
    yield "language", known.language
    yield "time zone", known.time_zone
    yield "local time", _time(known.local_time)
    yield "tags", ", ".join(map(one_line, known.tags))
    if known.earlier:
        last = f", the last on {known.last_at:%Y-%m-%d}" if known.last_at else ""
        yield "earlier conversations", f"{known.earlier}{last}"
    if known.satisfaction is not None:
        yield "satisfaction with them", f"{known.satisfaction:.1f}"
    for name, value in sorted(known.attributes.items())[:_MOST_ATTRIBUTES]:
        yield one_line(name), value


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _time(at: datetime | None) -> str:
    return f"{_DAYS[at.weekday()]} {at:%Y-%m-%d %H:%M}" if at else ""
