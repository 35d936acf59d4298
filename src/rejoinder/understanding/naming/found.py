"""What was found where, and which of two that overlap stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rejoinder.llm.model import Entity
from rejoinder.understanding.naming.plain import Plain


@dataclass(frozen=True, slots=True)
class Found:
    """`start` to `end` is what the find takes for itself, in places of the plain text; `value` a narrower span of it,
    where the words around only show what it is ("order 20231")."""

    start: int
    end: int
    kind: str
    normal: str | None = None
    value: tuple[int, int] | None = None
    rank: int = 0


OWN, SURE, USUAL, WEAK = 3, 2, 1, 0
"""Ranks between finds of one length: the bot's own, shapes that mean one thing, the usual, and guesses."""


class Placed(Protocol):
    """What has a place in a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_Placed = TypeVar("_Placed", bound=Placed)


def apart(found: Iterable[_Placed], among: Iterable[Placed] = ()) -> list[_Placed]:
    """Those that overlap neither `among` nor one that came before, in the order of the text."""
    taken = bytearray()
    kept: list[_Placed] = []
    for one in among:
        _take(taken, one)
    for one in found:
        if taken.find(1, one.start, one.end) < 0:
            _take(taken, one)
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _take(taken: bytearray, one: Placed) -> None:
    if len(taken) < one.end:
        taken.extend(bytes(one.end - len(taken)))
    taken[one.start : one.end] = b"\x01" * (one.end - one.start)


def longest(found: Iterable[_Placed]) -> list[_Placed]:
    """Of those that overlap the longest, in the order of the text."""
    return apart(sorted(found, key=lambda one: (one.start - one.end, one.start)))


def settled(found: Iterable[Found]) -> list[Found]:
    """Those that stay, in the order of the text: of two that overlap the longer, then the one of higher rank.

    Words around a value make no find longer than the bot's own kind of that value: "order HN123456" is its booking.
    """
    every = list(found)
    own = [one for one in every if one.rank == OWN]
    left = (one for one in every if one.rank == OWN or not _is_owned(one, own))
    return apart(sorted(left, key=lambda one: (one.start - one.end, -one.rank, one.start)))


def _is_owned(one: Found, own: Sequence[Found]) -> bool:
    if one.value is None:
        return False
    start, end = one.value
    return any(each.start <= start and end <= each.end for each in own)


def entity(find: Found, text: Plain) -> Entity:
    """As the rest of the program knows it; `value` is a piece of the text as written."""
    start, end = find.value or (find.start, find.end)
    return Entity(find.kind, text.original(start, end), find.normal)
