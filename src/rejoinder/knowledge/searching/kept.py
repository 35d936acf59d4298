"""Vectors of questions that were asked lately."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from sys import getsizeof

MOST_BYTES = 4 * 1024 * 1024
"""Some 1,300 questions at 768 numbers, 340 at 3,072."""


class Kept:
    """The newest, within `most` bytes; a number takes four, as PostgreSQL's `real` does."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held: OrderedDict[str, array[float]] = OrderedDict()
        self.bytes = 0

    def get(self, asked: str) -> array[float] | None:
        """The vector of a question, which is then the newest."""
        found = self._held.get(asked)
        if found is not None:
            self._held.move_to_end(asked)
        return found

    def put(self, asked: str, vector: Sequence[float]) -> array[float]:
        """Remember it, and forget the oldest that there is no room for any more; the vector as it is kept."""
        self._forget(asked)
        kept = self._held[asked] = array("f", vector)
        self.bytes += _size(asked, kept)
        while self.bytes > self._most:
            self._forget(next(iter(self._held)))
        return kept

    def __len__(self) -> int:
        return len(self._held)

    def _forget(self, asked: str) -> None:
        gone = self._held.pop(asked, None)
        if gone is not None:
            self.bytes -= _size(asked, gone)


def _size(asked: str, vector: array[float]) -> int:
    return getsizeof(asked) + getsizeof(vector)
