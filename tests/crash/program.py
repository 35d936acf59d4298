"""`rejoinder serve` as a process of its own, which a test may kill."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.eventually import eventually
from tests.forks import FORKS, Forked

DRAIN_S = 3.0


class Program:
    """One data folder, one port, one model server; `start` and `kill` as often as a test likes."""

    def __init__(self, model_url: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rejoinder-crash-"))
        self.folder.chmod(0o755)  # as root the database runs as another user, who must get in
        self.data = self.folder / "data"
        self.url = f"http://127.0.0.1:{_free_port()}"
        self._model_url = model_url
        self._process: Forked | None = None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it and wait until it takes turns."""
        self._process = await FORKS.start(
            "serve",
            folder=self.folder,
            environment={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "PORT": self.url.rpartition(":")[2],
                "REJOINDER_DATA": str(self.data),
                "REJOINDER_DRAIN_SECONDS": str(DRAIN_S),
                "OPENAI_API_KEY": "a key for the stub",
                "OPENAI_BASE_URL": self._model_url,
                "LOG_LEVEL": "warning",
            },
        )
        await eventually(self.healthy, seconds=40)

    def kill(self) -> None:
        """kill -9: nothing of it runs any further."""
        self._signal(signal.SIGKILL)

    def kill_postgres(self) -> int:
        """kill -9 of its database server; which process that was."""
        pid = self.postmaster()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    async def killed(self) -> None:
        """Wait for the end of a program that was killed."""
        assert self._process is not None
        assert await self._process.wait() == -signal.SIGKILL

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self._signal(signal.SIGTERM)
        assert self._process is not None
        return await self._process.wait()

    def client(self) -> aiohttp.ClientSession:
        """A caller with the program's own token."""
        token = (self.data / "token").read_text().strip()
        return aiohttp.ClientSession(
            self.url,
            headers={"Authorization": f"Bearer {token}"},
            connector=aiohttp.TCPConnector(limit=0),
        )

    async def posts(self, thread: str, text: str, *, wait: float = 0) -> dict[str, Any]:
        """Hand a message in; the answer's body."""
        async with self.client() as client:
            return await posts(client, thread, text, wait=wait)

    async def replies(self, thread: str) -> list[str]:
        """What the business has answered in a thread."""
        async with self.client() as client:
            return await replies(client, thread)

    async def clean_up(self) -> None:
        """Stop what still runs, however the test went, and delete the folder."""
        if self.runs:
            await self.stop()
        pid = self.postmaster()
        if pid is not None:
            with suppress(ProcessLookupError):  # it stopped with its program
                os.kill(pid, signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def postmaster(self) -> int | None:
        """The process of its database server, or of the one that was killed; None while there is none."""
        pid_file = self.data / "postgres" / "18" / "postmaster.pid"
        try:
            return int(pid_file.read_text().partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    async def healthy(self) -> bool:
        """Whether it takes turns now; fails if it has ended."""
        assert self.runs, "it ended by itself"
        try:
            async with (
                aiohttp.ClientSession() as client,
                client.get(f"{self.url}/health/ready") as response,
            ):
                return response.status == 200
        except aiohttp.ClientConnectionError:
            return False


async def posts(
    client: aiohttp.ClientSession, thread: str, text: str, *, wait: float = 0
) -> dict[str, Any]:
    """Hand a message in; the answer's body."""
    body = {"conversation_id": thread, "text": text}
    async with client.post("/api/v1/messages", params={"wait": wait}, json=body) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status == (202 if answer.get("status") == "pending" else 200), answer
        return answer


async def replies(client: aiohttp.ClientSession, thread: str) -> list[str]:
    """What the business has answered in a thread."""
    async with client.get(
        f"/api/v1/conversations/{thread}/messages", params={"by": "external"}
    ) as response:
        page = await response.json()
        assert response.status == 200, page
        return [item["text"] for item in page["items"] if item["direction"] == "outbound"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
