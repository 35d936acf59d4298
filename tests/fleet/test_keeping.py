"""Worker processes are kept alive whatever befalls them, and told to end in one way. Here they are short scripts."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from rejoinder.cli.serve.fleet import Fleet, count_of
from rejoinder.errors import Setup
from tests.eventually import eventually

PREAMBLE = """
import os, pathlib, signal, sys
pathlib.Path(sys.argv[1], str(os.getpid())).touch()
"""
WORKS = "os.write(1, b'ready'); os.read(0, 1)"
NOISY = "os.write(1, b'\\xff' * 100_000); " + WORKS
FAILS = "sys.exit(3)"
TELLS = """
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
os.write(1, b"ready")
told = open(sys.argv[1] + "/told", "wb", buffering=0)
told.write(b"word " if os.read(0, 1) else b"closed ")
if sys.argv[2:]:
    signal.sigwait({signal.SIGTERM})
    told.write(b"signal ")
elif signal.sigpending():
    told.write(b"signal ")
"""


class Kept:
    """A fleet of scripts, and what it says."""

    def __init__(
        self, folder: Path, script: str, *arguments: str, count: int = 1, heard: bool = True
    ) -> None:
        self.said: list[str] = []
        self.given_up = asyncio.Event()
        self.fails: Callable[[], Exception] | None = None if heard else BrokenPipeError
        self._folder = folder
        command = (sys.executable, "-ISc", PREAMBLE + script, str(folder), *arguments)
        self.fleet = Fleet(count, 5, self._say, self.given_up.set, command)

    def _say(self, line: str) -> None:
        self.said.append(line)
        if self.fails is not None:
            raise self.fails()

    @property
    def pids(self) -> set[int]:
        """Those that were started."""
        return {int(path.name) for path in self._folder.glob("[0-9]*")}

    @property
    def told(self) -> str:
        """What a worker was told, in order."""
        path = self._folder / "told"
        return path.read_text() if path.exists() else ""

    async def started(self, count: int) -> bool:
        return len(self.pids) == count and self.fleet.ready


@contextmanager
def no_descriptors() -> Iterator[None]:
    """This process can open nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_one_that_can_t_be_started_is_tried_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path, WORKS, count=2)

    async def failed() -> bool:
        return any("could not be started (Too many open files)" in line for line in kept.said)

    async with kept.fleet.running():
        await eventually(lambda: kept.started(2))
        killed = kept.pids.pop()
        with no_descriptors():
            os.kill(killed, signal.SIGKILL)
            await eventually(failed)
        await eventually(lambda: kept.started(3))
    assert not any(psutil.pid_exists(pid) for pid in kept.pids)


async def test_one_follows_also_when_nobody_reads_what_the_server_says(tmp_path: Path) -> None:
    kept = Kept(tmp_path, WORKS, heard=False)
    async with kept.fleet.running():
        os.kill(kept.pids.pop(), signal.SIGKILL)
        await eventually(lambda: kept.started(2))
    assert len(kept.said) == 1


async def test_a_server_that_can_t_keep_its_workers_ends_and_says_why(tmp_path: Path) -> None:
    kept = Kept(tmp_path, WORKS, count=2)
    kept.fails = lambda: ZeroDivisionError("a fault of ours")

    async def serve() -> None:
        async with kept.fleet.running():
            os.kill(kept.pids.pop(), signal.SIGKILL)
            await asyncio.wait_for(kept.given_up.wait(), 10)

    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        await serve()
    assert kept.given_up.is_set()


async def test_what_a_worker_prints_can_t_harm_the_server(tmp_path: Path) -> None:
    kept = Kept(tmp_path, NOISY)
    async with kept.fleet.running():
        assert kept.fleet.ready
    assert not kept.said


async def test_when_none_comes_up_it_is_said_once(tmp_path: Path) -> None:
    kept = Kept(tmp_path, FAILS, count=4)
    with pytest.raises(Setup, match=r"exit code 3\) at the start"):
        async with kept.fleet.running():
            pass
    assert len(kept.pids) == 1
    assert not kept.said


async def test_a_worker_ends_by_the_closing_of_its_input_without_a_signal(tmp_path: Path) -> None:
    """A supervisor that stops a whole unit has sent each its signal: one more would mean haste."""
    kept = Kept(tmp_path, TELLS)
    async with kept.fleet.running():
        pass
    assert kept.told == "closed "


async def test_haste_is_told_before_the_end_and_after_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path, TELLS)
    async with kept.fleet.running():
        kept.fleet.hurry()
    assert kept.told == "word "

    async def closed() -> bool:
        return kept.told == "closed "

    kept = Kept(tmp_path, TELLS, "wait for a signal")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(kept.fleet.running())
        leaving = asyncio.create_task(stack.aclose())
        await eventually(closed)
        kept.fleet.hurry()
        await leaving
    assert kept.told == "closed signal "


@pytest.mark.parametrize(
    ("wanted", "pool_size", "most"), [("8", 4, 8), ("9", 4, 8), ("4", 12, 4), ("5", 12, 4)]
)
def test_the_private_postgresql_has_connections_for_so_many(
    wanted: str, pool_size: int, most: int
) -> None:
    if int(wanted) <= most:
        assert count_of(wanted, private=True, pool_size=pool_size) == most
    else:
        with pytest.raises(Setup, match=f"for {most} workers .* {pool_size}, not for {wanted}"):
            count_of(wanted, private=True, pool_size=pool_size)
    assert count_of(wanted, private=False, pool_size=pool_size) == int(wanted)


def test_auto_takes_no_more_than_there_are_connections_for() -> None:
    assert 1 <= count_of("auto", private=True, pool_size=30) <= 1
    with pytest.raises(Setup, match="for 0 workers"):
        count_of("auto", private=True, pool_size=100)
