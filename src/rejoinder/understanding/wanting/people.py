"""What a bot should not settle alone: a wish for a person, refunds, law, danger, abuse."""

from __future__ import annotations

from typing import Final

from rejoinder.understanding.feeling import sentiment
from rejoinder.understanding.wanting.intent import intent
from rejoinder.understanding.words import read

# The gravest first: who is in danger and swears is in danger.
_GRAVEST = ("emergency", "legal", "abuse", "refund")

# Words of the sections `[… mentioned]` name the matter: "how long does a refund take?", "who is the manager?" ask
# about it and are answered. They count where something is wished or wrong ("I want a refund", "the manager, now").
_MENTIONED: Final = " mentioned"
_ABOUT = frozenset({"question", "compliment", "booking"})
_CONTENT = frozenset({"neutral", "positive", "very_positive"})


def needs_people(text: str, language: str) -> str | None:
    """`emergency`, `legal`, `abuse` or `refund`, the gravest that is needed; None for none."""
    named = _named(text, language)
    return next((name for name in _GRAVEST if name in named), None)


def asks_person(text: str, language: str = "und") -> bool:
    """Whether the customer asks for a person, or whether this is one."""
    return "person" in _named(text, language)


def _named(text: str, language: str) -> frozenset[str]:
    sections = {name for span in read(text, language).people for name in span.sections}
    plain = frozenset(name for name in sections if not name.endswith(_MENTIONED))
    if len(plain) == len(sections) or _only_asks(text, language):
        return plain
    return frozenset(name.removesuffix(_MENTIONED) for name in sections)


def _only_asks(text: str, language: str) -> bool:
    return intent(text, language)[0] in _ABOUT and sentiment(text, language)[0] in _CONTENT
