"""This checkout and another commit in one run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from rejoinder.bench import store
from rejoinder.bench.measure import Tally, together
from rejoinder.bench.pair.ratios import Ratio, ratios
from rejoinder.bench.pair.rounds import alternate
from rejoinder.bench.report.beside import beside
from rejoinder.bench.stretches.timed import Sizes
from rejoinder.bench.under_test.machine import Machine, machine
from rejoinder.bench.under_test.processes import Stub
from rejoinder.bench.under_test.program import Program, WireFormat
from rejoinder.bench.under_test.rig import NAME, Rig, rig
from rejoinder.bench.under_test.yardstick import Yardstick, measure, of


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two programs did by turns; `yardstick` is that of the first one's PostgreSQL, before and after."""

    date: str
    machine: Machine
    wire: WireFormat
    this: str
    that: str
    pairs: int
    piece: float
    ratios: list[Ratio]
    yardstick: Yardstick
    tally: Tally


async def compare(
    this: Program, that: Program, model: Stub, sizes: Sizes, say: Callable[[str], None]
) -> Comparison:
    """Start both, and let them work by turns. Each has a PostgreSQL of its own; who waits is idle, not stopped."""
    say(f"Starting {this.name} and {that.name} …")
    async with rig(this, model) as ours, rig(that, model) as theirs:
        yardsticks = [await _yardstick(ours, sizes)]
        pairs = await alternate(ours, theirs, sizes, say)
        yardsticks.append(await _yardstick(ours, sizes))
        async with ours.db.read(ours.workspace_id) as read:
            version = await store.version(read)
    return Comparison(
        date=datetime.now(UTC).date().isoformat(),
        machine=await asyncio.to_thread(machine, version),
        wire=model.wire,
        this=this.name,
        that=that.name,
        pairs=len(pairs),
        piece=sizes.piece,
        ratios=ratios(pairs, sizes.overhead_rate),
        yardstick=of(yardsticks),
        tally=together([each.tally for pair in pairs for each in pair]),
    )


async def _yardstick(rig: Rig, sizes: Sizes) -> Yardstick:
    return await measure(rig.db.dsn, NAME, sizes.yardstick_seconds)


def lines(found: Comparison) -> list[str]:
    """The comparison for people; its table is Markdown."""
    tally = found.tally
    return [
        found.machine.line(found.date),
        (
            f"{found.this} beside {found.that}: {found.pairs} rounds of each by turns, {found.piece:.2g} s a stretch; "
            f"the stub speaks {found.wire}."
        ),
        "",
        *beside(found.ratios, found.this, found.that),
        "",
        (
            "A ratio above 1 means that this checkout measured more. better, worse: every round says so; "
            "nothing: the rounds don't agree."
        ),
        f"Yardstick: {found.yardstick.one:.0f}/{found.yardstick.many:.0f} commits/s over 1/8 connections.",
        f"{tally.asked} conversations: {tally.refused} refused, {tally.lost} lost, {tally.doubled} answered twice.",
        *(f"Refused {count} times: {why}" for why, count in tally.refusals.items()),
    ]
