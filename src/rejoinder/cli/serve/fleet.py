"""Worker processes of this machine, kept alive by the server that started them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from rejoinder.cli.serve.process import WORKER, WorkerProcess, started
from rejoinder.errors import Setup

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_LASTED_S = 60.0  # who ran this long did not fail at the start: the next one comes at once
_LAST_S = 30.0  # beyond the drain, before a worker is killed: jobs in hand, and what is being sent

_MOST = 64
_MOST_ON_THE_PRIVATE_ONE = 8
# Of the private PostgreSQL's 100 connections 3 are the superuser's; 10 are left to `doctor`, `backup` and the like.
_CONNECTIONS = 100 - 3 - 10
OF_A_SERVER, OF_A_WORKER = 2, 3
"""The connections that each takes beside its pool (docs/deploy.md)."""


def count_of(wanted: str, *, private: bool, pool_size: int) -> int:
    """`auto` or a number → how many workers, each with a pool of `pool_size` connections. Raises Setup."""
    most = _most(pool_size) if private else _MOST
    if wanted != "auto" and not (wanted.isdecimal() and 1 <= int(wanted) <= _MOST):
        raise Setup(
            f"--workers is {wanted!r}.",
            mend=f"Give a number from 1 to {_MOST}, or auto for one a core; --no-worker for none.",
            code="bad_workers",
        )
    count = min(_cores(), max(most, 1)) if wanted == "auto" else int(wanted)
    if count > most:
        raise Setup(
            f"The private PostgreSQL has connections for {most} workers with a REJOINDER_POOL_SIZE of {pool_size}, "
            f"not for {count}.",
            mend="Lower one of them, or set DATABASE_URL to a PostgreSQL of your own.",
            code="bad_workers",
        )
    return count


def _most(pool_size: int) -> int:
    left = _CONNECTIONS - (pool_size + OF_A_SERVER)
    return max(0, min(_MOST_ON_THE_PRIVATE_ONE, left // (pool_size + OF_A_WORKER)))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Fleet:
    """`count` processes of `rejoinder worker`; one that ends is followed by another."""

    def __init__(
        self,
        count: int,
        drain_seconds: float,
        say: Callable[[str], None],
        give_up: Callable[[], None],
        command: Sequence[str] = WORKER,
    ) -> None:
        self._count = count
        self._drain_seconds = drain_seconds
        self._say = say
        self._give_up = give_up
        self._command = command
        self._workers: set[WorkerProcess] = set()
        self._one_ready = asyncio.Event()
        self._ending = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether one of them takes turns."""
        return any(worker.ready for worker in self._workers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep them alive until left; entered when the first one takes jobs. Raises Setup when that doesn't come up.

        Should keeping them fail, `give_up` is called, which is to leave this; then it raises what was wrong.
        """
        keepers = [self._keeper(1)]
        try:
            await self._first(keepers[0])  # before the others: what all would say is said once
            keepers += [self._keeper(number) for number in range(2, self._count + 1)]
            yield
        finally:
            await self._end(keepers)
            for keeper in keepers:
                keeper.result()

    def hurry(self) -> None:
        """Let them hand back at once what they work on."""
        for worker in self._workers:
            worker.hurry()

    def _keeper(self, number: int) -> asyncio.Task[None]:
        keeper = asyncio.create_task(self._keep(number), name=f"worker-{number}")
        keeper.add_done_callback(self._kept)
        return keeper

    def _kept(self, keeper: asyncio.Task[None]) -> None:
        if self._one_ready.is_set() and not self._ending.is_set():
            self._give_up()

    async def _first(self, keeper: asyncio.Task[None]) -> None:
        one = asyncio.create_task(self._one_ready.wait())
        try:
            await asyncio.wait({one, keeper}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            one.cancel()
        if keeper.done():
            keeper.result()

    async def _keep(self, number: int) -> None:
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE_S
        while not self._ending.is_set():
            began = loop.time()
            how = await self._run()
            if self._ending.is_set():
                return
            if not self._one_ready.is_set():
                raise Setup(
                    f"A worker {how} at the start.",
                    mend="What it said stands above; `rejoinder worker` alone says it again.",
                    code="worker_failed",
                )
            pause = _FIRST_PAUSE_S if loop.time() - began > _LASTED_S else pause
            # Who reads what we say may have gone, which is no reason to go without workers.
            with suppress(OSError):
                self._say(f"Worker {number} {how}; another follows.")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ending.wait()
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _run(self) -> str:
        """How a worker ended."""
        try:
            async with started(self._command, self._one_ready.set) as worker:
                self._workers.add(worker)
                try:
                    if self._ending.is_set():
                        worker.end()
                    return f"ended (exit code {await worker.wait()})"
                finally:
                    self._workers.discard(worker)
        except OSError as wrong:  # no descriptor, process or memory left for it, for now
            return f"could not be started ({wrong.strerror or wrong})"

    async def _end(self, keepers: list[asyncio.Task[None]]) -> None:
        self._ending.set()
        for worker in self._workers:
            worker.end()
        _, late = await asyncio.wait(keepers, timeout=self._drain_seconds + _LAST_S)
        for worker in self._workers:
            worker.kill()
        if late:
            await asyncio.wait(late)
