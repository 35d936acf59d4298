"""Several orders made one, by reciprocal rank fusion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeVar

K = 60
"""How little the first places differ (Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion", SIGIR 2009)."""

_Each = TypeVar("_Each", bound=Hashable)


def fuse(orders: Sequence[Sequence[_Each]], k: int = K) -> list[_Each]:
    """Everything in any of the orders, once, by the sum of 1 / (k + place), places counted from 1.

    Equals stand as the earlier order has them.
    """
    sums: dict[_Each, float] = defaultdict(float)
    for order in orders:
        for place, each in enumerate(dict.fromkeys(order), 1):
            sums[each] += 1 / (k + place)
    return sorted(sums, key=lambda each: -sums[each])
