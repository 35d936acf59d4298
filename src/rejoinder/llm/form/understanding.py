"""What a model says it understood, taken as far as it makes sense.

Nothing here raises: a reply must not be lost for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from rejoinder.llm.model import Entity, Sentiment, Understanding

# PostgreSQL's text holds no NUL, UTF-8 no lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NO_WORD = re.compile(r"\W+")
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*\Z")

_LONGEST_WORD = 64
_LONGEST_VALUE = 500
_LARGEST_NUMBER = 10**15
_MOST_ENTITIES = 50
"""A customer names a handful of things, in words: what goes beyond these bounds is none of them."""

_SENTIMENTS: Mapping[str, Sentiment] = {each: each for each in get_args(Sentiment)}


def read_understanding(found: Mapping[str, object]) -> Understanding:
    """The fields `intent`, `sentiment`, `confidence`, `language`, `entities`; the default for each that says nothing.

    Entities are a list of `{type, value}` or an object of types with a value or a list of values each.
    """
    return Understanding(
        intent=_word(found.get("intent")) or "unknown",
        sentiment=_SENTIMENTS.get(_word(found.get("sentiment")), "neutral"),
        confidence=share(found.get("confidence")),
        entities=tuple(_entities(found.get("entities")))[:_MOST_ENTITIES],
        language=_language(found.get("language")),
    )


def storable(text: str) -> str:
    """The text without what no database holds."""
    return _UNSTORABLE.sub("", text)


def _word(said: object) -> str:
    """A text in snake_case, empty where there is none or it is a whole sentence."""
    if not isinstance(said, str):
        return ""
    word = _NO_WORD.sub("_", storable(said).lower()).strip("_")
    return word if len(word) <= _LONGEST_WORD else ""


def share(said: object) -> float | None:
    """A number from 0 to 1, None for anything else."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return float(said) if 0 <= said <= 1 else None


def _language(said: object) -> str:
    """The first part of a language tag (`pt-BR`), of two letters or three; "und" for anything else."""
    found = _TAG.match(said.strip().lower()) if isinstance(said, str) else None
    return found[1] if found else "und"


def _entities(said: object) -> Iterator[Entity]:
    for kind, value in _pairs(said):
        word, text = _word(kind), _value(value)
        if word and text:
            yield Entity(word, text)


def _pairs(said: object) -> Iterator[tuple[object, object]]:
    if isinstance(said, list):
        for each in said:
            if isinstance(each, dict):
                yield each.get("type"), each.get("value")
    elif isinstance(said, dict):
        for kind, value in said.items():
            for each in value if isinstance(value, list) else [value]:
                yield kind, each


def _value(said: object) -> str:
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return ""
    if not isinstance(said, str) and not abs(said) < _LARGEST_NUMBER:  # nor is it NaN
        return ""
    text = storable(str(said)).strip()
    return text if len(text) <= _LONGEST_VALUE else ""
