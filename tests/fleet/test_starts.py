"""A program that is told to end while it waits for its database ends, whatever its descriptors are."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, environment

CLOSED = ("sh", "-c", 'exec "$@" <&- >&-', "sh")


class Silent:
    """A database server that takes connections and says nothing."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Silent]:
        writers: list[asyncio.StreamWriter] = []

        async def taken(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            self.reached.set()

        server = await asyncio.start_server(taken, "127.0.0.1", 0)
        self.url = (
            f"postgresql://r@127.0.0.1:{server.sockets[0].getsockname()[1]}/r?sslmode=disable"
        )
        try:
            yield self
        finally:
            server.close()
            for writer in writers:
                writer.close()
                await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            await server.wait_closed()


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    async with Silent().listening() as server:
        yield server


async def _start(
    folder: Path, silent: Silent, *command: str, stdin: int | None = None, err: int = PIPE
) -> Process:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment(
            folder,
            PORT="0",
            DATABASE_URL=silent.url,
            REJOINDER_SECRET_KEY="a key of these tests, long enough for all",
            REJOINDER_MODEL="local",
        ),
        stdin=stdin,
        stderr=err,
    )
    await asyncio.wait_for(silent.reached.wait(), 30)
    return process


async def test_a_worker_ends_with_its_server_also_while_it_starts(
    tmp_path: Path, silent: Silent
) -> None:
    worker = await _start(tmp_path, silent, *COMMAND, "worker", "--supervised", stdin=PIPE)
    assert worker.stdin
    worker.stdin.close()
    _, err = await asyncio.wait_for(worker.communicate(), 10)
    assert (worker.returncode, err) == (0, b"")


async def test_a_server_runs_with_its_input_and_output_closed(
    tmp_path: Path, silent: Silent
) -> None:
    command = (*CLOSED, *COMMAND, "serve", "--no-worker")
    server = await _start(tmp_path, silent, *command)
    server.terminate()
    _, err = await asyncio.wait_for(server.communicate(), 10)
    assert server.returncode == 0, err
    assert err.endswith(b"Stopped while starting.\n")


async def test_a_server_ends_in_order_when_its_terminal_is_closed(
    tmp_path: Path, silent: Silent
) -> None:
    terminal, shown = os.openpty()
    ours = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
    try:
        server = await _start(tmp_path, silent, *COMMAND, "serve", "--no-worker", err=shown)
    finally:
        signal.signal(signal.SIGHUP, ours)
    os.close(shown)
    os.close(terminal)  # what it writes from here on is refused
    server.send_signal(signal.SIGHUP)
    assert await asyncio.wait_for(server.wait(), 10) == 0
