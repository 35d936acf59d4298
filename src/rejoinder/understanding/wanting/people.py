"""What a bot should not settle alone: a wish for a person, refunds, law, danger, abuse."""

from __future__ import annotations

from rejoinder.understanding.words import read

# The gravest first: who is in danger and swears is in danger.
_GRAVEST = ("emergency", "legal", "abuse", "refund")


def needs_people(text: str, language: str) -> str | None:
    """`emergency`, `legal`, `abuse` or `refund`, the gravest that is named; None for none."""
    named = {name for span in read(text, language).people for name in span.sections}
    return next((name for name in _GRAVEST if name in named), None)


def asks_person(text: str, language: str = "und") -> bool:
    """Whether the customer asks for a person, or whether this is one."""
    return any("person" in span.sections for span in read(text, language).people)
