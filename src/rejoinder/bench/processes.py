"""The processes of a run: a stub of the model's provider, and the server under test; begun here and ended here."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import AliasChoices

from rejoinder.app.token_file import read_token
from rejoinder.errors import Setup
from rejoinder.settings import Settings

_READY_S = 60.0
_STOP_S = 40.0  # the server's own deadline for running turns is 20 s
_POLL_S = 0.02


class Stub:
    """The provider's stand-in on a port of its own; `answer_after` starts it anew with another delay."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self.port = free_port()

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL must be."""
        return f"http://127.0.0.1:{self.port}/v1"

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
            *("-m", "rejoinder.testing", "openai"),
            *("--port", str(self.port), "--delay", str(delay)),
            stdout=PIPE,
        )
        assert self._process.stdout is not None, "it was asked for"
        if not await asyncio.wait_for(self._process.stdout.readline(), _READY_S):
            raise Setup("The stub of the model did not start.", mend="Its error stands above.")

    async def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None:
            await end(self._process)
            self._process = None


@asynccontextmanager
async def stub() -> AsyncIterator[Stub]:
    """A stub, not started yet, ended on leaving."""
    provider = Stub()
    try:
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
async def server(model_url: str) -> AsyncIterator[Server]:
    """`rejoinder serve` in a new data folder, ended and deleted on leaving. Raises Setup when it does not start."""
    scratch = _scratch()
    port = free_port()
    said = scratch / "server.log"
    try:
        with said.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", "from rejoinder.cli import main; main()", "serve"),
                cwd=scratch,
                env=_environment(scratch / "data", port, model_url),
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


def _environment(data: Path, port: int, model_url: str) -> dict[str, str]:
    """This process' environment without a single setting of ours, then those of the run."""
    return {
        **{name: value for name, value in os.environ.items() if name.upper() not in _SETTINGS},
        "PORT": str(port),
        "REJOINDER_DATA": str(data),
        "OPENAI_API_KEY": "bench",
        "OPENAI_BASE_URL": model_url,
        "OPENAI_MODEL": "stub",
        "LOG_LEVEL": "warning",
        "REJOINDER_LOG_FORMAT": "json",
    }


_SETTINGS = {
    str(name).upper()
    for setting in Settings.model_fields.values()
    if isinstance(setting.validation_alias, AliasChoices)
    for name in setting.validation_alias.choices
}


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
    raise Setup(
        f"The server did not get ready within {_READY_S:.0f} s; the end of what it said:\n"
        f"{_tail(said)}",
        mend="Run `rejoinder serve` to see more.",
        code="bench_no_server",
    )
