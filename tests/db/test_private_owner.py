"""One owner a folder, and what the next one finds when that owner was killed."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rejoinder.db.private import attach, own
from rejoinder.db.private.account import account_for, spawn
from rejoinder.db.private.folder import Folder
from rejoinder.db.private.owner import socket_of
from rejoinder.errors import Setup

from .private_run import ask, folder, owner, postmaster_pid, runs, silent


@pytest.fixture
def data() -> Iterator[Path]:
    with folder() as path:
        yield path


async def _keep_something(dsn: str) -> None:
    await ask(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")


async def _kept(dsn: str) -> object:
    return await ask(dsn, "SELECT answer FROM kept")


async def test_a_second_start_finds_the_data_of_the_first(data: Path) -> None:
    said: list[str] = []
    async with own(data, said.append) as first:
        await _keep_something(first)
    assert ["Making" in line for line in said] == [True]
    async with own(data, said.append) as second:
        assert await _kept(second) == 42
    assert second == first
    assert len(said) == 1


async def test_a_second_owner_is_refused_and_told_whom_to_stop(data: Path) -> None:
    with owner(data) as first:
        with pytest.raises(Setup, match=f"process {first.process.pid}"):
            async with own(data, silent):
                pytest.fail("two owners")
        assert await ask(first.dsn, "SELECT 1") == 1
        assert attach(data) == first.dsn
        first.leave()
    async with own(data, silent) as dsn:
        assert await ask(dsn, "SELECT 1") == 1


async def test_the_server_of_a_killed_owner_is_taken_over(data: Path) -> None:
    for _ in range(2):  # twice in a row: the second one is left behind by one who took over
        with owner(data) as killed:
            if killed.said and "Making" in killed.said[0]:
                await _keep_something(killed.dsn)
            pid = postmaster_pid(data)
            killed.kill()
        assert runs(pid)
    said: list[str] = []
    async with own(data, said.append) as dsn:
        assert postmaster_pid(data) == pid
        assert await _kept(dsn) == 42
        assert attach(data) == dsn == killed.dsn
    assert "Took over" in said[0]
    assert not runs(pid)


async def test_after_both_were_killed_it_starts_with_every_commit(data: Path) -> None:
    with owner(data) as killed:
        await _keep_something(killed.dsn)
        killed.kill()
    os.kill(postmaster_pid(data), signal.SIGKILL)
    async with own(data, silent) as dsn:
        assert await _kept(dsn) == 42
        assert dsn == killed.dsn


async def test_nothing_attaches_to_a_dead_server(data: Path) -> None:
    with owner(data) as killed:
        killed.kill()
    server = psutil.Process(postmaster_pid(data))
    server.kill()
    psutil.wait_procs([server], timeout=5)
    assert (data / "attach.json").exists()
    with pytest.raises(Setup, match="No private PostgreSQL is running"):
        attach(data)


async def test_a_pid_that_is_another_program_by_now_does_not_stop_a_start(data: Path) -> None:
    with owner(data) as killed:
        await _keep_something(killed.dsn)
        killed.kill()
    folder_ = Folder.at(data)
    pid_file, pid = folder_.cluster / "postmaster.pid", postmaster_pid(data)
    os.kill(pid, signal.SIGKILL)
    stranger = spawn(account_for(folder_.cluster, silent), ["sleep", "60"], subprocess.DEVNULL)
    try:
        lock = socket_of(killed.dsn).with_name(socket_of(killed.dsn).name + ".lock")
        for path in (pid_file, lock):
            path.write_text(path.read_text().replace(str(pid), str(stranger.pid), 1))
        async with own(data, silent) as dsn:
            assert await _kept(dsn) == 42
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_server_that_dies_is_started_again_under_the_same_dsn(data: Path) -> None:
    again = asyncio.Event()

    def say(line: str) -> None:
        if "runs again" in line:
            again.set()

    async with own(data, say) as dsn:
        await _keep_something(dsn)
        os.kill(postmaster_pid(data), signal.SIGKILL)
        await asyncio.wait_for(again.wait(), 20)
        assert await _kept(dsn) == 42
        assert attach(data) == dsn


async def test_cancelling_the_owner_stops_the_server(data: Path) -> None:
    ready = asyncio.Event()

    async def run() -> None:
        async with own(data, silent):
            ready.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await asyncio.wait_for(ready.wait(), 30)
    pid = postmaster_pid(data)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not runs(pid)
