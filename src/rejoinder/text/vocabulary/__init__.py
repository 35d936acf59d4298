"""The word lists in `vocabulary/`: the small words of each language, and what shops are asked about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def function_words() -> dict[str, frozenset[str]]:
    """Language → its small words with their accents; `vi bare` and `vi hints` are Vietnamese without."""
    return {name: frozenset(body.split()) for name, body in _sections("function_words.txt")}


@cache
def trade_phrases(language: str) -> dict[str, str]:
    """Phrase → the trade concept it stands for, in one language; empty for a language not listed."""
    return {
        phrase.strip(): concept
        for name, body in _sections("trade.txt")
        for concept, spoken in [name.split()]
        if spoken == language
        for phrase in body.split(",")
    }


@cache
def consent_words() -> dict[str, str]:
    """Folded whole message → its section: `out…` for no more messages, `in…` for messages again."""
    return {
        phrase.strip(): which
        for which, body in _sections("consent.txt")
        for phrase in body.replace("\n", " ").split(",")
    }


def _sections(name: str) -> Iterator[tuple[str, str]]:
    """(name, text) of each `[name]` section, comments left out."""
    text = files("rejoinder.text").joinpath("vocabulary", name).read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for section in kept.split("[")[1:]:
        head, _, body = section.partition("]")
        yield head, body.strip().rstrip(",")
