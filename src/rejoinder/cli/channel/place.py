"""The workspace that a command works in, over the database, whether the server runs or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from rejoinder.app.address import address_in
from rejoinder.bots import store
from rejoinder.bots.model import Channel
from rejoinder.channels.connect.model import Tools
from rejoinder.cli.operate.database import database
from rejoinder.cli.operate.workspace import workspace as workspace_of
from rejoinder.cli.run import run_async
from rejoinder.errors import NotFound
from rejoinder.net.guard import outward
from rejoinder.secrets.vault import open_vault
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace, the tools to set its channels up, and the address its webhooks are shown under."""

    tools: Tools
    workspace_id: UUID
    base: str

    async def channels(self) -> list[Channel]:
        """All channels, oldest first."""
        found: list[Channel] = []
        async with self.tools.db.read(self.workspace_id) as read:
            while True:
                after = found[-1].channel_id if found else UUID(int=0)
                page = await store.channels(read, after, _PAGE)
                found += page
                if len(page) < _PAGE:
                    return found

    async def find(self, which: str) -> Channel:
        """The channel of that id or name. Raises NotFound."""
        for each in await self.channels():
            if which in (str(each.channel_id), each.name):
                return each
        raise NotFound(
            f"This workspace has no channel {which!r}.", mend="`rejoinder channel list` lists them."
        )


def run_in(workspace: str, work: Callable[[Place], Awaitable[None]]) -> None:
    """Do something in the workspace of that slug. Raises Setup when there is no such workspace, or no database."""
    settings = load()
    configure(settings.log_level, settings.log_format)

    async def run() -> None:
        async with _place(settings, workspace) as place:
            await work(place)

    run_async(run())


@asynccontextmanager
async def _place(settings: Settings, slug: str) -> AsyncIterator[Place]:
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    async with database(settings, "rejoinder channel") as db, outward() as out:
        workspace_id = await workspace_of(db, slug)
        tools = Tools(db, open_vault(secret, settings.data), out, settings.public_url)
        yield Place(tools, workspace_id, _base(settings))


def _base(settings: Settings) -> str:
    here = address_in(settings.data) or f"http://{settings.host}:{settings.port}"
    return settings.public_url or here
