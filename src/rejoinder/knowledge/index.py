"""A chunk as PostgreSQL's full-text search sees it: its folded words and its trade concepts."""

from __future__ import annotations

from collections import defaultdict

from rejoinder.knowledge.model import Chunk, Indexed
from rejoinder.knowledge.query import concept_word
from rejoinder.text import concepts, language, spelling, words

# PostgreSQL's bounds (Text Search Limitations): positions end at 16,383, 255 a lexeme, 2 KB a lexeme.
_LAST = 16_383
_MOST = 255
_LONGEST = 200


def index(position: int, title: str, chunk: Chunk) -> Indexed:
    """The chunk with its language and words: the heading's weigh A, the body's D, the title's C."""
    code = language(f"{chunk.heading}\n{chunk.body}")
    places: dict[str, list[str]] = defaultdict(list)
    start = _place(places, title, language(title), 1, "C")
    start = _place(places, chunk.heading, code, start, "A")
    _place(places, chunk.body, code, start, "")
    vector = " ".join(f"'{word}':{','.join(at[:_MOST])}" for word, at in places.items())
    return Indexed(position, chunk.heading, code, chunk.body, vector)


def _place(places: dict[str, list[str]], text: str, code: str, start: int, weight: str) -> int:
    """Add the text's words from position `start` on; the position after its last."""
    found = words(text)
    spelled = spelling(text, code, found)
    for at, (word, marked) in enumerate(zip(found, spelled, strict=True), start):
        for form in {word, marked}:
            places[form[:_LONGEST]].append(f"{min(at, _LAST)}{weight}")
    for at, _, concept in concepts(spelled, code):
        places[concept_word(concept)].append(f"{min(start + at, _LAST)}{weight}")
    return start + len(found)
