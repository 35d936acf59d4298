"""Two servers by turns: what one does in a round is read against what the other did a moment later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rejoinder.bench.measure import Tally, together
from rejoinder.bench.stretches.timed import (
    Alone,
    Busy,
    Measured,
    Paced,
    Sizes,
    acknowledge,
    full_turns,
    one_by_one,
    overhead,
)
from rejoinder.bench.under_test.rig import Rig


@dataclass(frozen=True, slots=True)
class Round:
    """One server's stretches of one round, zero-delay model."""

    acknowledged: Measured
    turns: Busy
    alone: Alone
    paced: Paced

    @property
    def tally(self) -> Tally:
        """What became of its conversations."""
        return together(
            [self.acknowledged.tally, self.turns.tally, self.alone.tally, self.paced.tally]
        )


async def alternate(
    this: Rig, that: Rig, sizes: Sizes, say: Callable[[str], None]
) -> list[tuple[Round, Round]]:
    """`sizes.pairs` rounds of each, after a warm-up; which goes first changes from round to round."""
    for rig in (this, that):
        await full_turns(rig, sizes.callers, sizes.warm_up_seconds)
    pairs = []
    for number in range(sizes.pairs):
        say(f"Pair {number + 1} of {sizes.pairs} …")
        if number % 2:
            theirs = await _round(that, sizes)
            pairs.append((await _round(this, sizes), theirs))
        else:
            ours = await _round(this, sizes)
            pairs.append((ours, await _round(that, sizes)))
    return pairs


async def _round(rig: Rig, sizes: Sizes) -> Round:
    return Round(
        await acknowledge(rig, sizes.acknowledge_rate, sizes.piece),
        await full_turns(rig, sizes.callers, sizes.piece),
        await one_by_one(rig, sizes.piece),
        await overhead(rig, sizes.overhead_rate, sizes.piece, 0),
    )
