"""Servers and workers as processes of their own on one PostgreSQL of the operator's."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path

import aiohttp

from tests.cli.conftest import environment
from tests.eventually import eventually
from tests.forks import FORKS, Forked

SECRET = "a key that every process of the fleet shares"


class Member:
    """One process of the fleet; what it says goes to a file."""

    def __init__(self, folder: Path, name: str, *command: str, **settings: str) -> None:
        self.said = folder / f"{name}.log"
        self._folder = folder
        self._command = command
        self._settings = settings
        self._process: Forked | None = None

    async def start(self) -> None:
        """Start it and wait until it says that it runs."""
        with self.said.open("wb") as said:
            self._process = await FORKS.start(
                *self._command,
                folder=self._folder,
                environment=environment(
                    self._folder, PORT="0", LOG_LEVEL="warning", **self._settings
                ),
                stdout=said.fileno(),
                stderr=said.fileno(),
            )
        await eventually(self._up, 60)

    async def _up(self) -> bool:
        assert self.runs, self.told
        return "Stop with Ctrl-C" in self.told

    @property
    def told(self) -> str:
        """All it has said."""
        return self.said.read_text()

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    @property
    def url(self) -> str:
        """Where a server listens."""
        found = re.search(r"http://127\.0\.0\.1:\d+", self.told)
        assert found, self.told
        return found[0]

    def client(self) -> aiohttp.ClientSession:
        """A caller with the token of this server's folder."""
        token = (self._folder / "data" / "token").read_text().strip()
        return aiohttp.ClientSession(
            self.url,
            headers={"Authorization": f"Bearer {token}"},
            connector=aiohttp.TCPConnector(limit=0),
        )

    async def kill(self) -> None:
        """kill -9, and wait."""
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, and wait; the exit code."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), 60)
