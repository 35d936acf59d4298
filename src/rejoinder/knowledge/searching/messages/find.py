"""Finding messages: all words of the question newest first, and on the first page what means the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.db import Read
from rejoinder.knowledge.searching.cite import LEAST
from rejoinder.knowledge.searching.fuse import fuse
from rejoinder.knowledge.searching.meaning import Meant
from rejoinder.knowledge.searching.messages import store
from rejoinder.knowledge.searching.messages.pattern import patterns, spans
from rejoinder.knowledge.searching.messages.store import Hit, Which
from rejoinder.knowledge.searching.store import Vector
from rejoinder.llm.embedding.model import likeness

By: TypeAlias = Literal["words", "meaning"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message found; `score` is its likeness in meaning, None where only its words were looked at.

    `marks` are begin and end of each word that was looked for, in characters of its text.
    """

    hit: Hit
    by: tuple[By, ...]
    score: float | None
    marks: Sequence[tuple[int, int]]


async def find(
    read: Read, asked: str, which: Which, limit: int, meant: Meant | None = None
) -> tuple[list[Message], UUID | None]:
    """(at most `limit` messages, the id to go on before: None at the end).

    By words they come newest first; a page may hold few or none and go on all the same, as each request looks at
    20,000 messages. With `meant`, a quarter of the first page is for those nearest in meaning, fused with the others
    by their places.
    """
    wanted = patterns(asked)
    near: list[Hit] = []
    if meant is not None and which.before is None:
        vector = Vector(meant.model, meant.vector)
        most = limit // 4 if wanted else limit
        near = [
            hit
            for hit in await store.by_meaning(read, which, vector, most)
            if likeness(meant.model, hit.cosine or 0.0) >= LEAST
        ]
    spoken: list[Hit] = []
    onward: UUID | None = None
    if wanted:
        spoken, onward = await store.by_words(read, which, wanted, limit - len(near))
    hits = {hit.message_id: hit for hit in (*spoken, *near)}
    order = fuse([[hit.message_id for hit in spoken], [hit.message_id for hit in near]])
    said = {hit.message_id for hit in spoken}
    return [_message(hits[each], each in said, wanted, meant) for each in order], onward


def _message(hit: Hit, said: bool, wanted: Sequence[str], meant: Meant | None) -> Message:
    by: list[By] = ["words"] if said else []
    score = None
    if meant is not None and hit.cosine is not None:
        by.append("meaning")
        score = likeness(meant.model, hit.cosine)
    return Message(hit, tuple(by), score, spans(hit.text, wanted))
