"""Which language the page speaks, and its words in it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

LANGUAGES = ("en", "th", "vi", "pt", "es")
"""ISO 639-1; the first where a browser asks for none of them."""

_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")


class Words(BaseModel):
    """What the page says: in its markup, by its script, and as questions to begin with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: dict[str, str]
    script: dict[str, str]
    examples: tuple[str, ...]


@cache
def words(language: str) -> Words:
    """The words of one of LANGUAGES."""
    file = files("rejoinder.widget").joinpath(f"words/{language}.json")
    return Words.model_validate_json(file.read_bytes())


def chosen(accepted: str) -> str:
    """The language a browser likes best, of those the page speaks (Accept-Language, RFC 9110 section 12.5.4)."""
    best, most = LANGUAGES[0], 0.0
    for wish in accepted.split(","):
        tag, _, weight = wish.partition(";")
        language = tag.strip().lower().partition("-")[0]
        liked = _weight(weight)
        if language in LANGUAGES and liked > most:
            best, most = language, liked
    return best


def _weight(told: str) -> float:
    if not told.strip():
        return 1.0
    found = _WEIGHT.fullmatch(told)
    return float(found[1]) if found else 0.0
