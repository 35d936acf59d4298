"""Running the private PostgreSQL in tests: folders it can reach, owners that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil

from rejoinder.db.private.folder import Folder
from rejoinder.db.private.owner import socket_of
from rejoinder.db.private.postmaster import holders

AS_ROOT = os.geteuid() == 0

_OWNER = """
import asyncio, os, sys
from pathlib import Path
import asyncpg, concurrent.futures.thread, encodings.idna
from rejoinder.db.private import own, owner, server, start

if len(sys.argv) > 2:  # all is imported: the interpreter may lie where this user can't read
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[2]))

async def main():
    async with own(Path(sys.argv[1]), lambda line: print("say", line, flush=True)) as dsn:
        print("dsn", dsn, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@dataclass
class Owner:
    """A program that owns the PostgreSQL of `data` until its input ends or it is killed."""

    process: subprocess.Popen[str]
    dsn: str
    said: list[str] = field(default_factory=list)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def leave(self) -> str:
        """End it in the orderly way; what it printed on its way out."""
        printed, _ = self.process.communicate("")
        return printed


@contextmanager
def folder() -> Iterator[Path]:
    """The path of a data folder that every user can reach; nothing of it is left after the test."""
    top = Path(tempfile.mkdtemp(prefix="rj-", dir="/tmp"))
    top.chmod(0o755)
    try:
        yield top / "data"
    finally:
        for pid in holders(top / "data" / "postgres" / "18"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        attachment = top / "data" / "attach.json"
        if attachment.exists():  # its owner was killed and nobody came after
            socket = socket_of(json.loads(attachment.read_text())["dsn"])
            shutil.rmtree(socket.parent, ignore_errors=True)
        shutil.rmtree(top)


@contextmanager
def owner(data: Path, *, uid: int | None = None, gid: int | None = None) -> Iterator[Owner]:
    """Own `data` in another process, as another user if root says so."""
    become = [str(number) for number in (uid, gid) if number is not None]
    argv = [sys.executable, "-c", _OWNER, str(data), *become]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            kind, _, rest = line.strip().partition(" ")
            if kind == "dsn":
                break
            said.append(rest)
        else:
            raise AssertionError(process.communicate()[1])
        try:
            yield Owner(process, rest, said)
        finally:
            if process.poll() is None:
                process.communicate("")


def postmaster_pid(data: Path) -> int:
    return int((Folder.at(data).cluster / "postmaster.pid").read_text().split()[0])


async def ask(dsn: str, statement: str) -> object:
    """The first value of one statement on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def runs(pid: int) -> bool:
    """Whether the process works; one that ended and that nobody waited for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def silent(_: str) -> None:
    """For owners whose words don't matter."""
