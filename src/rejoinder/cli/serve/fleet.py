"""Worker processes of this machine, kept alive by the server that started them."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from rejoinder.cli.worker import READY
from rejoinder.errors import Setup

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_LASTED_S = 60.0  # who ran this long did not fail at the start: the next one comes at once
_LAST_S = 15.0  # beyond the drain, before a worker is killed
_OF_THE_PRIVATE_ONE = 8
"""Workers on the private PostgreSQL: each takes 8 connections of its 100."""


def count_of(wanted: str, *, private: bool) -> int:
    """`auto` or a number → how many workers. Raises Setup."""
    if wanted == "auto":
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return min(cores or 1, _OF_THE_PRIVATE_ONE) if private else cores or 1
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 64:
        raise Setup(
            f"--workers is {wanted!r}.",
            mend="Give a number from 1 to 64, or auto for one a core; --no-worker for none.",
            code="bad_workers",
        )
    if private and int(wanted) > _OF_THE_PRIVATE_ONE:
        raise Setup(
            f"The private PostgreSQL serves {_OF_THE_PRIVATE_ONE} workers at most, not {wanted}.",
            mend="Set DATABASE_URL to a PostgreSQL of your own for more.",
            code="bad_workers",
        )
    return int(wanted)


class Fleet:
    """`count` processes of `rejoinder worker`; one that ends is followed by another."""

    def __init__(self, count: int, drain_seconds: float, say: Callable[[str], None]) -> None:
        self._count = count
        self._drain_seconds = drain_seconds
        self._say = say
        self._ready: set[Process] = set()
        self._processes: set[Process] = set()
        self._ending = False
        self._one_ready = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether one of them takes turns."""
        return bool(self._ready)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep them alive until left; entered when the first one takes jobs. Raises Setup when none comes up."""
        keepers = {
            asyncio.create_task(self._keep(number), name=f"worker-{number}")
            for number in range(1, self._count + 1)
        }
        try:
            await self._first(keepers)
            yield
        finally:
            self._ending = True
            await self._end()
            for keeper in keepers:
                keeper.cancel()
            await asyncio.wait(keepers)

    def hurry(self) -> None:
        """Let them hand back at once what they work on."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.terminate()

    async def _first(self, keepers: set[asyncio.Task[None]]) -> None:
        one = asyncio.create_task(self._one_ready.wait())
        done, _ = await asyncio.wait({one, *keepers}, return_when=asyncio.FIRST_COMPLETED)
        one.cancel()
        for keeper in done - {one}:
            keeper.result()

    async def _keep(self, number: int) -> None:
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE_S
        while not self._ending:
            began = loop.time()
            code = await self._run()
            if self._ending:
                return
            if not self._one_ready.is_set():
                raise Setup(
                    f"A worker ended as it started (exit code {code}).",
                    mend="What it said stands above; `rejoinder worker` alone says it again.",
                    code="worker_failed",
                )
            pause = _FIRST_PAUSE_S if loop.time() - began > _LASTED_S else pause
            self._say(f"Worker {number} ended (exit code {code}); another follows.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _run(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "rejoinder.cli", "worker", "--supervised"),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,  # the terminal's Ctrl-C is for the server, which then ends them in order
        )
        self._processes.add(process)
        try:
            assert process.stdout
            async for line in process.stdout:
                if line.decode().strip() == READY:
                    self._ready.add(process)
                    self._one_ready.set()
            return await process.wait()
        finally:
            self._ready.discard(process)
            self._processes.discard(process)

    async def _end(self) -> None:
        processes = list(self._processes)
        for process in processes:
            with suppress(ProcessLookupError):
                process.terminate()
        waits = [asyncio.create_task(process.wait()) for process in processes]
        if waits:
            await asyncio.wait(waits, timeout=self._drain_seconds + _LAST_S)
        for process in processes:
            with suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(*waits)
