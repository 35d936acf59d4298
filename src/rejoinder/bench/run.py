"""One run of the bench: begin everything, measure in rounds, end everything, report."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from pydantic_core import to_json

from rejoinder.app.sample import SLUG
from rejoinder.bench import store, yardstick
from rejoinder.bench.findings import Findings, report
from rejoinder.bench.load import load
from rejoinder.bench.machine import Machine, machine
from rejoinder.bench.processes import Stub, server, stub
from rejoinder.bench.report import Report, lines
from rejoinder.bench.stretches import (
    NAME,
    Rig,
    Sizes,
    acknowledge,
    burst,
    full_turns,
    overhead,
)
from rejoinder.db import connect
from rejoinder.db.private import attach
from rejoinder.errors import RejoinderError
from rejoinder.workspaces import store as workspaces

# With stretches of 10 s a run's own pace adds up to about 60 s. One that takes four times as long can't keep up with
# what it is sent.
_LIMIT_S, _LIMIT_FACTOR = 120.0, 12.0
_FILES = 8_192  # a burst of 1,000 has as many sockets on each side; 1,024 is a common soft limit


def run_bench(seconds: float, out: Path | None) -> None:
    """Measure for `seconds` each kind of stretch, print the report, and write it as JSON to `out`.

    Raises Setup when something does not start, and RejoinderError, after the report, when a message was refused,
    lost or answered twice. A missed budget is only marked.
    """
    _allow_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            found = runner.run(_until_told(Sizes(seconds=seconds)))
        except asyncio.CancelledError:
            raise SystemExit(128 + signal.SIGTERM) from None
    sys.stdout.write("\n".join(lines(found)) + "\n")
    if out is not None:
        out.write_bytes(to_json(found, indent=2) + b"\n")
    check(found)


async def bench(sizes: Sizes, say: Callable[[str], None]) -> Report:
    """One whole run; `say` gets a line for each step. Raises RejoinderError when it takes far longer than it should."""
    limit = _LIMIT_S + _LIMIT_FACTOR * sizes.seconds
    try:
        async with asyncio.timeout(limit):
            return await _bench(sizes, say)
    except TimeoutError:
        raise RejoinderError(
            f"The run was not over after {limit:.0f} s; everything it started has been stopped.",
            mend="Try again on a machine that does less else, or with fewer --seconds.",
            code="bench_too_slow",
        ) from None


async def _bench(sizes: Sizes, say: Callable[[str], None]) -> Report:
    findings = Findings()
    async with stub() as model:
        say("Starting the model stub and the server …")
        await model.answer_after(0)
        async with _rig(model, findings) as rig:
            findings.others.append(await full_turns(rig, sizes.callers, sizes.warm_up_seconds))
            for number in range(sizes.rounds):
                say(f"Round {number + 1} of {sizes.rounds} …")
                await _round(rig, sizes, findings)
            say(f"A burst of {sizes.burst} …")
            findings.bursts.append(await burst(rig, sizes.burst))
            findings.yardsticks.append(await _yardstick(rig, sizes))
            where = await _machine(rig)
    return report(findings, sizes, where, datetime.now(UTC).date().isoformat())


def check(found: Report) -> None:
    """Raise RejoinderError unless every message was taken in and answered once."""
    tally = found.tally
    if not tally.sound:
        raise RejoinderError(
            f"Of {tally.asked} conversations {tally.refused} were refused, {tally.lost} got no reply and "
            f"{tally.doubled} got more than one.",
            mend="This must not happen on any machine: the figures above don't count.",
            code="bench_unsound",
        )


async def _round(rig: Rig, sizes: Sizes, findings: Findings) -> None:
    findings.yardsticks.append(await _yardstick(rig, sizes))
    findings.acknowledged.append(await acknowledge(rig, sizes.acknowledge_rate, sizes.piece))
    findings.turns.append(await full_turns(rig, sizes.callers, sizes.piece))
    for delay in sizes.delays:
        if delay:
            await rig.model.answer_after(delay)
        findings.paced.append(await overhead(rig, sizes.overhead_rate, sizes.piece, delay))
    await rig.model.answer_after(0)


@asynccontextmanager
async def _rig(model: Stub, findings: Findings) -> AsyncIterator[Rig]:
    """The server in a new data folder, its first reply timed."""
    begun = asyncio.get_running_loop().time()
    async with server(model.base_url) as tested, load(tested.base_url, tested.token) as caller:
        first = caller.stretch("first", wait=True)
        await first.open_loop([0.0])
        findings.startup_seconds = asyncio.get_running_loop().time() - begun
        if first.refusals:
            raise RejoinderError(
                f"The first message got no reply: {dict(first.refusals)}.", code="bench_no_reply"
            )
        db = await connect(attach(tested.data), size=1, name=NAME)
        try:
            async with db.maintenance() as maintenance:
                demo = await workspaces.by_slug(maintenance, SLUG)
            assert demo is not None, "the server adds the sample workspace before it is ready"
            yield Rig(model, tested, caller, db, demo.workspace_id)
        finally:
            await db.close()


async def _yardstick(rig: Rig, sizes: Sizes) -> yardstick.Yardstick:
    return await yardstick.measure(rig.db.dsn, NAME, sizes.yardstick_seconds)


async def _machine(rig: Rig) -> Machine:
    async with rig.db.read(rig.workspace_id) as read:
        version = await store.version(read)
    return await asyncio.to_thread(machine, version)


async def _until_told(sizes: Sizes) -> Report:
    """SIGTERM ends the run as Ctrl-C does: what was started is stopped first."""
    task = asyncio.current_task()
    assert task is not None, "this runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await bench(sizes, _say)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _allow_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES:
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
