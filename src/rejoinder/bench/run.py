"""One run of the bench: begin everything, measure in rounds, end everything, report."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import uvloop
from pydantic_core import to_json

from rejoinder.bench import store
from rejoinder.bench.findings import Findings, report
from rejoinder.bench.measure import Tally
from rejoinder.bench.pair import compare as comparing
from rejoinder.bench.pair.compare import Comparison
from rejoinder.bench.pair.growth import growth
from rejoinder.bench.pair.revision import revision
from rejoinder.bench.pair.workers import workers
from rejoinder.bench.platform import platform_load, sizes_for
from rejoinder.bench.report.model import Report
from rejoinder.bench.report.rows import lines
from rejoinder.bench.stretches.in_flight import in_flight
from rejoinder.bench.stretches.interrupt import interrupt
from rejoinder.bench.stretches.recovery import recovery
from rejoinder.bench.stretches.timed import (
    Sizes,
    acknowledge,
    burst,
    full_turns,
    idle,
    one_by_one,
    overhead,
)
from rejoinder.bench.under_test import yardstick
from rejoinder.bench.under_test.machine import Machine, checkout, machine
from rejoinder.bench.under_test.processes import Stub, help_seconds, stub
from rejoinder.bench.under_test.program import THIS, WireFormat
from rejoinder.bench.under_test.rig import NAME, Rig, rig
from rejoinder.errors import RejoinderError, Setup

# With stretches of 10 s a run's own pace adds up to about 60 s. One that takes four times as long can't keep up with
# what it is sent.
_LIMIT_S, _LIMIT_FACTOR = 120.0, 12.0
_PAIRED_S, _PAIRED_FACTOR = 180.0, 30.0  # two servers, six rounds of each
_FILES = 8_192  # a burst of 1,000 has as many sockets on each side; 1,024 is a common soft limit

Found = TypeVar("Found", Report, Comparison)


@dataclass(frozen=True, slots=True)
class Extras:
    """What is measured only where it is asked for; 0 leaves it out.

    `growth` messages are stored in one server, `few` in the other. `in_flight` messages wait for a model that takes
    `slow` seconds. `workers` processes answer beside a single one. For `recovery` one of two workers is killed.
    """

    growth: int = 0
    few: int = 1_000
    in_flight: int = 0
    slow: float = 60.0
    workers: int = 0
    recovery: bool = False


def run_bench(
    seconds: float,
    out: Path | None,
    *,
    wire: WireFormat | None = None,
    compare: str | None = None,
    extras: Extras = Extras(),
    platform: str | None = None,
) -> None:
    """Measure for `seconds` each kind of stretch, print the report, and write it as JSON to `out`.

    With `platform` the messages come through that one, played in this process; nothing of `extras` does. With
    `compare`, a commit, only this checkout beside that one. Raises Setup when something does not start, and
    RejoinderError, after the report, when a message was refused, lost or answered twice. A missed budget is only
    marked.
    """
    sizes = Sizes(seconds=seconds)
    _allow_files(extras.in_flight)
    if platform is not None and (
        compare is not None or extras != Extras(few=extras.few, slow=extras.slow)
    ):
        raise Setup(
            "--platform goes with none of --compare, --growth, --in-flight, --workers and --recovery.",
            mend="Run them apart.",
        )
    if compare is None:
        found = _run(lambda: bench(sizes, _say, wire or "gemini", extras, platform))
        _give(found, lines(found), out)
        return
    if extras != Extras(few=extras.few, slow=extras.slow):
        raise Setup(
            "--compare goes with none of --growth, --in-flight, --workers and --recovery.",
            mend="Run them apart.",
        )
    named = compare
    # Older commits speak no other.
    paired = _run(lambda: bench_beside(named, sizes, _say, wire or "openai"))
    _give(paired, comparing.lines(paired), out)


async def bench(
    sizes: Sizes,
    say: Callable[[str], None],
    wire: WireFormat = "gemini",
    extras: Extras = Extras(),
    platform: str | None = None,
) -> Report:
    """One whole run; `say` gets a line for each step. Raises RejoinderError when it takes far longer than it should."""
    limit = _LIMIT_S + _LIMIT_FACTOR * sizes.seconds
    if extras.growth:
        limit += _PAIRED_S + _PAIRED_FACTOR * sizes.seconds + extras.growth / 500
    if extras.in_flight:
        limit += _LIMIT_S + 4 * extras.slow + extras.in_flight / 20
    if extras.workers:
        limit += _PAIRED_S + _PAIRED_FACTOR * sizes.seconds
    if extras.recovery:
        limit += _LIMIT_S
    async with _no_longer_than(limit):
        if platform is not None:
            return await _bench_platform(platform, sizes_for(platform, sizes), say, wire)
        return await _bench(sizes, say, wire, extras)


async def bench_beside(
    named: str, sizes: Sizes, say: Callable[[str], None], wire: WireFormat = "openai"
) -> Comparison:
    """This checkout beside another commit of it. Raises Setup without a checkout or such a commit."""
    root = checkout()
    if root is None:
        raise Setup(
            "--compare needs Rejoinder's own git checkout, and this is an installed copy.",
            mend="Clone the repository, `make run` once, then .venv/bin/rejoinder bench --compare REV.",
            code="bench_no_revision",
        )
    # The limit begins after the revision is there: an environment made anew may take its time.
    limit = _PAIRED_S + _PAIRED_FACTOR * sizes.seconds
    async with revision(named, root) as that, _no_longer_than(limit), stub(wire) as model:
        return await comparing.compare(THIS, that, model, sizes, say)


async def _bench(
    sizes: Sizes, say: Callable[[str], None], wire: WireFormat, extras: Extras
) -> Report:
    findings = Findings(help_seconds=await help_seconds(THIS))
    async with stub(wire) as model:
        say("Starting the model stub and the server …")
        async with rig(THIS, model) as tested:
            findings.startup_seconds = tested.startup_seconds
            await _rounds(tested, sizes, findings, say)
            say(f"{sizes.interrupted} interruptions …")
            findings.interrupted.append(await interrupt(tested, sizes.interrupted))
            where = await _machine(tested)
        await _extras(model, sizes, extras, findings, say)
    return report(findings, sizes, wire, where, datetime.now(UTC).date().isoformat())


async def _bench_platform(
    platform: str, sizes: Sizes, say: Callable[[str], None], wire: WireFormat
) -> Report:
    findings = Findings(help_seconds=await help_seconds(THIS))
    async with stub(wire) as model:
        say(f"Starting the model stub, the server and {platform} …")
        through = partial(platform_load, platform)
        async with rig(THIS, model, through=through) as tested:
            findings.startup_seconds = tested.startup_seconds
            await _rounds(tested, sizes, findings, say)
            where = await _machine(tested)
    date = datetime.now(UTC).date().isoformat()
    return report(findings, sizes, wire, where, date, platform)


async def _rounds(
    tested: Rig, sizes: Sizes, findings: Findings, say: Callable[[str], None]
) -> None:
    warm = await full_turns(tested, sizes.callers, sizes.warm_up_seconds)
    findings.others.append(warm.tally)
    for number in range(sizes.rounds):
        say(f"Round {number + 1} of {sizes.rounds} …")
        await _round(tested, sizes, findings)
    say(f"A burst of {sizes.burst} …")
    findings.bursts.append(await burst(tested, sizes.burst))
    findings.yardsticks.append(await _yardstick(tested, sizes))


async def _round(tested: Rig, sizes: Sizes, findings: Findings) -> None:
    findings.yardsticks.append(await _yardstick(tested, sizes))
    findings.idle_probes += await idle(tested, min(1.0, sizes.piece))
    findings.acknowledged.append(await acknowledge(tested, sizes.acknowledge_rate, sizes.piece))
    findings.turns.append(await full_turns(tested, sizes.callers, sizes.piece))
    findings.alone.append(await one_by_one(tested, sizes.piece))
    for delay in sizes.delays:
        if delay:
            await tested.model.answer_after(delay)
        findings.paced.append(await overhead(tested, sizes.overhead_rate, sizes.piece, delay))
    await tested.model.answer_after(0)


async def _extras(
    model: Stub, sizes: Sizes, extras: Extras, findings: Findings, say: Callable[[str], None]
) -> None:
    if extras.in_flight:
        say(f"{extras.in_flight} turns in flight …")
        findings.crowd = await in_flight(THIS, model, extras.in_flight, extras.slow, sizes.callers)
    if extras.recovery:
        say("kill -9 of one of two workers …")
        findings.recovered = await recovery(THIS, model, 2, sizes.killed)
    if extras.workers:
        say(f"{extras.workers} workers beside a single process …")
        findings.fleet, tally = await workers(THIS, model, sizes, extras.workers, say)
        findings.others.append(tally)
    if extras.growth:
        findings.growth, tally = await growth(THIS, model, sizes, extras.few, extras.growth, say)
        findings.others.append(tally)


def check(tally: Tally) -> None:
    """Raise RejoinderError unless every message was taken in and answered once."""
    if not tally.sound:
        raise RejoinderError(
            f"Of {tally.asked} conversations {tally.refused} were refused, {tally.lost} got no reply and "
            f"{tally.doubled} got more than one.",
            mend="The figures above don't count. Nothing may be lost or doubled on any machine; a refusal may "
            "come from one that can't keep up: try again where less else runs.",
            code="bench_unsound",
        )


async def _yardstick(tested: Rig, sizes: Sizes) -> yardstick.Yardstick:
    return await yardstick.measure(tested.db.dsn, NAME, sizes.yardstick_seconds)


async def _machine(tested: Rig) -> Machine:
    async with tested.db.read(tested.workspace_id) as read:
        version = await store.version(read)
    return await asyncio.to_thread(machine, version)


@asynccontextmanager
async def _no_longer_than(limit: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(limit):
            yield
    except TimeoutError:
        raise RejoinderError(
            f"The run was not over after {limit:.0f} s; everything it started has been stopped.",
            mend="Try again on a machine that does less else, or with fewer --seconds.",
            code="bench_too_slow",
        ) from None


def _run(work: Callable[[], Awaitable[Found]]) -> Found:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_until_told(work))
        except asyncio.CancelledError:
            raise SystemExit(128 + signal.SIGTERM) from None


async def _until_told(work: Callable[[], Awaitable[Found]]) -> Found:
    """SIGTERM ends the run as Ctrl-C does: what was started is stopped first."""
    task = asyncio.current_task()
    assert task is not None, "this runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work()


def _give(found: Report | Comparison, said: list[str], out: Path | None) -> None:
    sys.stdout.write("\n".join(said) + "\n")
    if out is not None:
        out.write_bytes(to_json(found, indent=2) + b"\n")
    check(found.tally)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _allow_files(in_flight: int) -> None:
    files = max(
        _FILES, in_flight + 2_048
    )  # a turn in flight is a socket of the server's and one of the stub's
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < files:
        wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
