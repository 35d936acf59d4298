"""One PostgreSQL, a server without a worker, workers that come and go, a model server, shops with receivers."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg

from tests.crash.house.model import QuotingModel
from tests.crash.house.postgres import Postgres, private_postgres
from tests.crash.house.receiver import receiving
from tests.crash.house.shop import Shop
from tests.fleet.processes import SECRET, Member

_PATIENCE_S = 30.0  # PostgreSQL replays its log after a blow; a supervisor knows no number of tries


class House:
    """All processes, and the ways to harm them. Made by `running`."""

    def __init__(self, top: Path, postgres: Postgres, model: QuotingModel, **settings: str) -> None:
        self.postgres = postgres
        self.model = model
        self.workers: list[Member] = []
        self.started_again = 0
        self._members: list[Member] = []
        self._top = top
        self._stopped: set[int] = set()
        self._settings = {
            "DATABASE_URL": postgres.dsn,
            "REJOINDER_SECRET_KEY": SECRET,
            "REJOINDER_DRAIN_SECONDS": "3",
            "REJOINDER_POOL_SIZE": "8",
            "REJOINDER_MODEL": "openai:stub",
            "OPENAI_BASE_URL": model.base_url,
            "REJOINDER_LOG_FORMAT": "json",
            **settings,
        }
        self._server = self._member("server", "serve", "--no-worker")
        self._url = ""
        self._headers: dict[str, str] = {}

    async def serve(self) -> None:
        """Start the server."""
        await self.start(self._server)
        self._url = self._server.url
        token = (self._top / "server" / "data" / "token").read_text().strip()
        self._headers = {"Authorization": f"Bearer {token}"}

    async def kill_server(self) -> None:
        """kill -9 of the server; it is not there until `serve`."""
        await self.kill(self._server)

    def client(self) -> aiohttp.ClientSession:
        """A caller of the server, whether it runs or not."""
        return aiohttp.ClientSession(self._url, headers=self._headers)

    def _member(self, name: str, *command: str) -> Member:
        folder = self._top / name
        folder.mkdir(mode=0o755)
        member = Member(folder, name, *command, **self._settings)
        self._members.append(member)
        return member

    async def worker(self) -> Member:
        """One more worker, running."""
        worker = self._member(f"worker-{len(self._members)}", "worker")
        await self.start(worker)
        self.workers.append(worker)
        return worker

    async def start(self, member: Member) -> None:
        """Start it. One that finds PostgreSQL away says so and ends; its supervisor starts it again."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE_S
        while True:
            try:
                await member.start()
                return
            except AssertionError:
                if member.runs or loop.time() > until:
                    raise
                self.started_again += 1
                self._keep_log(member)

    async def kill(self, member: Member) -> None:
        """SIGKILL."""
        await member.kill()
        self._keep_log(member)

    def _keep_log(self, member: Member) -> None:
        """What it has said is kept beside what it says when it is started again."""
        member.said.rename(member.said.with_suffix(f".{member.pid}.log"))

    def stop(self, worker: Member) -> None:
        """SIGSTOP: it does nothing, and its sockets and sessions stay."""
        os.kill(worker.pid, signal.SIGSTOP)
        self._stopped.add(worker.pid)

    def resume(self, worker: Member) -> None:
        """SIGCONT."""
        os.kill(worker.pid, signal.SIGCONT)
        self._stopped.discard(worker.pid)

    async def dismiss(self, worker: Member) -> None:
        """SIGTERM, after a SIGCONT if it was stopped; it finishes or hands back what it has."""
        if worker.pid in self._stopped:
            self.resume(worker)
        if worker.runs:
            await worker.stop()

    async def dismiss_all(self) -> None:
        """Every worker."""
        await asyncio.gather(*(self.dismiss(worker) for worker in self.workers))
        self.workers.clear()

    async def end(self) -> None:
        """Every process, whatever state it is in."""
        self.model.gate.release()
        for pid in self._stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        await asyncio.gather(*(each.stop() for each in self._members if each.runs))

    async def sql(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Ask the database over a session of the moment, since it may have been restarted."""
        connection = await asyncpg.connect(self.postgres.dsn)
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    @asynccontextmanager
    async def shop(
        self,
        *,
        honours: bool = True,
        max_attempts: int = 20,
        quiet_seconds: float = 0.1,
        overlap_policy: str = "interrupt",
    ) -> AsyncIterator[Shop]:
        """A channel with a bot and a receiver of its own; the receiver knows repeated ids, or not."""
        async with receiving() as receiver, self.client() as client:
            given = {
                "platform": "rest",
                "name": f"Shop {uuid4()}",
                "settings": {"callback_url": receiver.url},
            }
            async with client.post("/api/v1/channels", json=given) as response:
                made = await response.json()
                assert response.status == 201, made
            receiver.secret = made["signing_secret"]
            limits = (max_attempts, quiet_seconds, overlap_policy)
            await self.sql(_OWN_BOT, made["channel_id"], uuid4(), *limits, honours)
            yield Shop(self, made["channel_id"], receiver, honours)


# The bot that the sample workspace has, under other limits.
_OWN_BOT = """
WITH made AS (
    INSERT INTO bots (workspace_id, bot_id, name, persona, fallback_text, max_attempts, quiet_seconds, overlap_policy)
    SELECT b.workspace_id, $2, b.name, b.persona, b.fallback_text, $3, $4, $5
    FROM bots b JOIN channels c USING (workspace_id, bot_id) WHERE c.channel_id = $1::text::uuid
    RETURNING workspace_id, bot_id
)
UPDATE channels c SET bot_id = made.bot_id, settings = CASE WHEN $6 THEN c.settings
    ELSE c.settings || '{"deduplicates": false}' END
FROM made
WHERE c.workspace_id = made.workspace_id AND c.channel_id = $1::text::uuid
"""


@asynccontextmanager
async def running(top: Path, **settings: str) -> AsyncIterator[House]:
    """The house in an empty folder, with a server and no worker yet; all its processes end with it."""
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(private_postgres(top))
        model = await stack.enter_async_context(QuotingModel())
        house = House(top, postgres, model, **settings)
        stack.push_async_callback(house.end)
        await house.serve()
        yield house
