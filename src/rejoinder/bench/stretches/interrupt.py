"""A newer message while the model is being asked: how long the call goes on for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rejoinder.bench.measure import Tally, arrivals, tally
from rejoinder.bench.store import replies, running_turns
from rejoinder.bench.stretches import store
from rejoinder.bench.stretches.timed import quiet
from rejoinder.bench.under_test.rig import Rig

_EACH_SECOND = 100.0
_MODEL_S = 2.0
# The second messages come before the first calls are over, also on a machine that takes its time to claim.
_CLAIMED_S = 1.0
_CALLING_S = 0.2  # from the claim to the model: window, search and prompt
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Interrupted:
    """`superseded` of `asked` first messages' attempts ended so; `stopped` are seconds until their calls were.

    A time runs from the newer message's transaction, just before it is acknowledged, until the worker has closed its
    request and written down what it took. The socket was closed before that, so it is no less.
    """

    asked: int
    superseded: int
    stopped: list[float]
    tally: Tally


async def interrupt(rig: Rig, count: int) -> Interrupted:
    """`count` conversations, each with a second message while the model works on the first one's answer."""
    stretch = rig.load.stretch("interrupt", wait=True)
    await rig.model.answer_after(_MODEL_S)
    try:
        due = arrivals(_EACH_SECOND, count / _EACH_SECOND)
        merged = await stretch.twice(due, lambda: _under_way(rig, count))
        await quiet(rig)
    finally:
        await rig.model.answer_after(0)
    async with rig.db.read(rig.workspace_id) as read:
        stored = await replies(read, stretch.prefix)
        seconds = await store.stopped(read, stretch.prefix)
    owed = beyond_the_first(stretch.threads, merged, stored)
    return Interrupted(
        asked=len(stretch.threads),
        superseded=len(seconds),
        stopped=[each for each in seconds if each is not None],
        tally=tally(stretch.threads, dict(stretch.refusals), owed),
    )


async def _under_way(rig: Rig, count: int) -> None:
    """Wait until all their turns run, and a little longer: until the model is being asked."""
    until = asyncio.get_running_loop().time() + _CLAIMED_S
    async with rig.db.read(rig.workspace_id) as read:
        while asyncio.get_running_loop().time() < until:
            if await running_turns(read) == count:
                break
            await asyncio.sleep(_LOOK_S)
    await asyncio.sleep(_CALLING_S)


def beyond_the_first(
    threads: Collection[str], merged: Collection[str], replies: Mapping[str, int]
) -> dict[str, int]:
    """Replies a thread, without the first message's own where it got one: of what is left each is owed one."""
    return {thread: replies.get(thread, 0) - (0 if thread in merged else 1) for thread in threads}
