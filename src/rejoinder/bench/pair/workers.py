"""A server with worker processes of their own beside one that is a single process."""

from __future__ import annotations

from collections.abc import Callable

from rejoinder.bench.measure import Tally, together
from rejoinder.bench.pair.ratios import ratios
from rejoinder.bench.pair.rounds import alternate
from rejoinder.bench.report.model import Fleet
from rejoinder.bench.stretches.timed import Sizes
from rejoinder.bench.under_test.processes import Stub
from rejoinder.bench.under_test.program import Program
from rejoinder.bench.under_test.rig import rig


async def workers(
    program: Program, model: Stub, sizes: Sizes, count: int, say: Callable[[str], None]
) -> tuple[Fleet, Tally]:
    """`serve --workers COUNT` and `serve` by turns, each with a PostgreSQL of its own; who waits is idle."""
    async with rig(program, model, workers=count) as fleet, rig(program, model) as single:
        pairs = await alternate(fleet, single, sizes, say)
    found = Fleet(count, len(pairs), sizes.piece, ratios(pairs, sizes.overhead_rate))
    return found, together([each.tally for pair in pairs for each in pair])
