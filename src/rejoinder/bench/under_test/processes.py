"""The processes of a run: a stub of the model's provider, and the server under test; begun here and ended here."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import aiohttp

from rejoinder.app.tokens.file import read_token
from rejoinder.bench.under_test.program import Program, WireFormat
from rejoinder.errors import Setup

_READY_S = 60.0
_STOP_S = 40.0  # the server's own deadline for running turns is 20 s
_POLL_S = 0.02


class Stub:
    """The provider's stand-in; `answer_after` starts it, and anew on the same port with another delay."""

    def __init__(self, wire: WireFormat) -> None:
        self._process: Process | None = None
        self.wire = wire
        self.base_url = ""

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self._process is not None, "the stub was started"
        return self._process.pid

    async def answer_after(self, delay: float) -> None:
        """Answer every call after `delay` seconds from now on. Raises Setup when it does not start."""
        await self.stop()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "rejoinder.testing", self.wire),
            *("--port", str(urlsplit(self.base_url).port or 0), "--delay", str(delay)),
            stdout=PIPE,
        )
        assert self._process.stdout is not None, "it was asked for"
        said = await asyncio.wait_for(self._process.stdout.readline(), _READY_S)
        if not said:
            raise Setup("The stub of the model did not start.", mend="Its error stands above.")
        self.base_url = said.decode().strip()

    async def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None:
            await end(self._process)
            self._process = None


@asynccontextmanager
async def stub(wire: WireFormat) -> AsyncIterator[Stub]:
    """A stub that answers at once, ended on leaving."""
    provider = Stub(wire)
    try:
        await provider.answer_after(0)
        yield provider
    finally:
        await provider.stop()


@dataclass(frozen=True, slots=True)
class Server:
    """The server under test, ready; `data` is its scratch folder."""

    base_url: str
    pid: int
    data: Path
    token: str


@asynccontextmanager
async def server(
    program: Program, settings: Mapping[str, str], workers: int = 0
) -> AsyncIterator[Server]:
    """`rejoinder serve` in a new data folder, ended and deleted on leaving. Raises Setup when it does not start.

    With `workers` so many processes of their own answer the turns, and the first of them does when it is ready.
    """
    scratch = _scratch()
    port = free_port()
    said = scratch / "server.log"
    ours = {
        "PORT": str(port),
        "REJOINDER_DATA": str(scratch / "data"),
        "LOG_LEVEL": "warning",
        "REJOINDER_LOG_FORMAT": "json",
    }
    try:
        with said.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *program.command("serve", *(("--workers", str(workers)) if workers else ())),
                cwd=scratch,
                env=program.environment({**ours, **settings}),
                stdout=log,
                stderr=log,
            )
        base_url = f"http://127.0.0.1:{port}"
        try:
            await _until_ready(process, base_url, said)
            yield Server(base_url, process.pid, scratch / "data", read_token(scratch / "data"))
        finally:
            await end(process)
    finally:
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)


async def help_seconds(program: Program, times: int = 5) -> float:
    """How long `rejoinder --help` takes, from the start of its process to its end: the median of several."""
    loop, took = asyncio.get_running_loop(), []
    for _ in range(times):
        begun = loop.time()
        process = await asyncio.create_subprocess_exec(
            *program.command("--help"), env=program.environment({}), stdout=DEVNULL
        )
        await process.wait()
        took.append(loop.time() - begun)
    return median(took)


async def end(process: Process) -> None:
    """SIGTERM, and SIGKILL for one that does not leave; returns when it has."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _scratch() -> Path:
    scratch = Path(tempfile.mkdtemp(prefix="rejoinder-bench-"))
    scratch.chmod(0o755)  # as root its PostgreSQL runs as another user, who must get in
    return scratch


def _tail(said: Path) -> str:
    return said.read_text(errors="replace")[-2000:].strip()


async def _until_ready(process: Process, base_url: str, said: Path) -> None:
    deadline = asyncio.get_running_loop().time() + _READY_S
    async with aiohttp.ClientSession() as http:
        while asyncio.get_running_loop().time() < deadline:
            if process.returncode is not None:
                break
            try:
                async with http.get(f"{base_url}/health/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(_POLL_S)
    late = f"did not get ready within {_READY_S:.0f} s"
    raise Setup(
        f"The server {late if process.returncode is None else 'ended as it started'}; the end of what it said:\n"
        f"{_tail(said)}",
        mend="Run `rejoinder serve` to see more.",
        code="bench_no_server",
    )
