"""A chunk as PostgreSQL's full-text search sees it: its folded words and its trade concepts."""

from __future__ import annotations

from collections import defaultdict

from rejoinder.knowledge.chunk import LIMIT
from rejoinder.knowledge.model import Chunk, Indexed
from rejoinder.knowledge.searching.lexeme import concept_word, lexeme
from rejoinder.text import concepts, language, spelling, words


def index(position: int, title: str, chunk: Chunk, tagged: str) -> Indexed:
    """The chunk with its language and words: the heading's weigh A, the title's C, the body's D.

    `tagged` begins each lexeme. Of a heading longer than a body may be, the beginning is indexed: so a vector stays
    within PostgreSQL's bounds (1 MB, positions to 16,383).
    """
    code = language(f"{chunk.heading}\n{chunk.body}")
    places: dict[str, list[str]] = defaultdict(list)
    start = _place(places, title, language(title), 1, "C")
    start = _place(places, chunk.heading[:LIMIT], code, start, "A")
    _place(places, chunk.body, code, start, "")
    vector = " ".join(f"{lexeme(tagged, word)}:{','.join(at)}" for word, at in places.items())
    return Indexed(position, chunk.heading, code, chunk.body, vector, chunk.page)


def _place(places: dict[str, list[str]], text: str, code: str, start: int, weight: str) -> int:
    """Add the text's words from position `start` on; the position after its last."""
    found = words(text)
    spelled = spelling(text, code, found)
    for at, (word, marked) in enumerate(zip(found, spelled, strict=True), start):
        for form in {word, marked}:
            places[form].append(f"{at}{weight}")
    for at, _, concept in concepts(spelled, code):
        places[concept_word(concept)].append(f"{start + at}{weight}")
    return start + len(found)
