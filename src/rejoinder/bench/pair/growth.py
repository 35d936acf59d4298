"""What a turn costs when much is stored, beside what it costs when little is."""

from __future__ import annotations

from collections.abc import Callable

from rejoinder.bench.measure import Tally, together
from rejoinder.bench.pair import store
from rejoinder.bench.pair.ratios import cpu, ratio_of
from rejoinder.bench.pair.rounds import alternate
from rejoinder.bench.report.model import Growth
from rejoinder.bench.stretches.timed import Sizes
from rejoinder.bench.under_test.processes import Stub
from rejoinder.bench.under_test.program import Program
from rejoinder.bench.under_test.rig import NAME, Rig, rig
from rejoinder.db.pool import connect_once

_TURNS = 5
"""Answered turns, of two messages each, in a stored conversation."""

_AT_ONCE = 200
"""Conversations a transaction: well within the session's 10 s a statement."""


async def growth(
    program: Program,
    model: Stub,
    sizes: Sizes,
    few: int,
    many: int,
    say: Callable[[str], None],
) -> tuple[Growth, Tally]:
    """Two servers by turns, with about that many messages stored in the workspace that the load uses."""
    async with rig(program, model) as big, rig(program, model) as small:
        say(f"Storing {many} messages …")
        stored = [await fill(tested, count) for tested, count in ((big, many), (small, few))]
        pairs = await alternate(big, small, sizes, say)
    found = ratio_of(
        "CPU a turn", "ms", "lower", [cpu(one) for one, _ in pairs], [cpu(two) for _, two in pairs]
    )
    tally = together([each.tally for pair in pairs for each in pair])
    return Growth(stored[1], stored[0], found.ratio, found.by_round), tally


async def fill(tested: Rig, messages: int) -> int:
    """Store answered conversations until there are `messages`, or just more; how many there are then."""
    async with tested.db.read(tested.workspace_id) as read:
        channel = await store.rest_channel(read)
    conversations = -(-messages // (2 * _TURNS))
    for first in range(0, conversations, _AT_ONCE):
        async with tested.db.transaction(tested.workspace_id) as tx:
            await store.fill(tx, channel, first, min(_AT_ONCE, conversations - first), _TURNS)
    connection = await connect_once(tested.db.dsn, NAME, limits=False)
    try:
        await store.settle(connection)
    finally:
        await connection.close(timeout=2)
    async with tested.db.read(tested.workspace_id) as read:
        return await store.stored(read)
