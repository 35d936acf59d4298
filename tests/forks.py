"""Commands as processes of their own, without the wait for their imports.

These take up to a second of a core, and the tests start some hundred commands. One process imports the program, and
forks for each command (`fork_server.py`); that has its own arguments, environment, folder, descriptors and end.
`cli/test_imports.py` looks after what a command started afresh imports.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

SERVER = Path(__file__).with_name("fork_server.py")


class _Told(asyncio.Protocol):
    """Hears which process it is, and with which code it has ended."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.pid: asyncio.Future[int] = loop.create_future()
        self.ended: asyncio.Future[int] = loop.create_future()
        self._said = b""

    def data_received(self, data: bytes) -> None:
        self._said += data
        for answer, line in zip((self.pid, self.ended), self._said.split(b"\n")[:-1], strict=False):
            if not answer.done():
                answer.set_result(int(line))

    def connection_lost(self, exc: Exception | None) -> None:
        for answer in (self.pid, self.ended):
            if not answer.done():
                answer.set_exception(ConnectionError("The process that forks told no more."))
                answer.exception()  # nobody may ever ask


class Forked:
    """A command that runs, with what `asyncio.subprocess.Process` has of it."""

    def __init__(self, pid: int, ended: asyncio.Future[int]) -> None:
        self.pid = pid
        self._ended = ended

    @property
    def returncode(self) -> int | None:
        """Its exit code once it has ended; that of a signal is negative."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Until it ends."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Forks:
    """The process that forks; started when the first command is."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None
        self._started: list[Forked] = []

    async def start(
        self,
        *arguments: str,
        folder: Path,
        environment: Mapping[str, str],
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> Forked:
        """Run `rejoinder` with arguments. Its descriptors stay the caller's too; None is /dev/null."""
        asked = {"arguments": arguments, "environment": dict(environment), "folder": str(folder)}
        hears, tells = os.pipe()
        told = _Told()
        await asyncio.get_running_loop().connect_read_pipe(lambda: told, os.fdopen(hears, "rb"))
        nothing = os.open(os.devnull, os.O_RDWR)
        standard = (nothing if given is None else given for given in (stdin, stdout, stderr))
        try:
            socket.send_fds(self._asking(), [json.dumps(asked).encode()], [*standard, tells])
        finally:
            os.close(tells)
            os.close(nothing)
        forked = Forked(await told.pid, told.ended)
        self._started.append(forked)
        return forked

    def _asking(self) -> socket.socket:
        if self._requests is None:
            self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
            with theirs:
                self._server = subprocess.Popen(
                    [sys.executable, "-P", str(SERVER)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=kept,
                )
        return self._requests

    def end(self) -> None:
        """Nobody asks it any more, and nothing it started runs on."""
        for each in self._started:
            each.kill()
        if self._server is not None and self._requests is not None:
            self._requests.close()
            self._server.wait(60)


FORKS = Forks()
"""That of this process; `conftest.py` ends it."""


async def run(
    *arguments: str, folder: Path, environment: Mapping[str, str], typed: bytes = b""
) -> tuple[int, bytes, bytes]:
    """Run a command to its end: its exit code, its output and its errors. `typed` is on its standard input."""
    (into, writes), (reads_out, out), (reads_err, err) = os.pipe(), os.pipe(), os.pipe()
    try:
        os.set_blocking(writes, False)
        assert os.write(writes, typed) == len(typed), "more than a pipe holds"
        os.close(writes)
        process = await FORKS.start(
            *arguments, folder=folder, environment=environment, stdin=into, stdout=out, stderr=err
        )
    finally:
        for descriptor in (into, out, err):
            os.close(descriptor)
    try:
        said, complained = await reading(reads_out), await reading(reads_err)
        told = await asyncio.gather(said.read(), complained.read())
        return await process.wait(), *told
    except BaseException:
        process.kill()  # whoever ran it has given up
        raise


async def reading(descriptor: int) -> asyncio.StreamReader:
    """What comes out of a pipe; closes it at its end."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    return reader
