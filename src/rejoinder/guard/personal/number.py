"""A run of digits that may be a number of somebody's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_GROUP = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Number:
    """`shape` as written, `digits` as 0 to 9, `led` the words before it in lower case.

    `ordered`: the word before says that it is an order's, a product's or the like; `hashed`: a # does.
    """

    shape: str
    digits: str
    led: str
    ordered: bool = False
    hashed: bool = False

    @property
    def groups(self) -> tuple[int, ...]:
        """How many digits stand together."""
        return tuple(len(group) for group in _GROUP.findall(self.shape))

    @property
    def international(self) -> bool:
        return self.shape[0] in "+＋"


def weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    """The sum of products that check digits are made of."""
    return sum(value * weight for value, weight in zip(values, weights, strict=False))
