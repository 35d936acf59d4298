"""The workspace whose knowledge a command looks at, over the database, whether the server runs or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from rejoinder.cli.operate.database import database
from rejoinder.cli.operate.workspace import workspace as workspace_of
from rejoinder.cli.run import run_async
from rejoinder.db import Database, new_id
from rejoinder.errors import NotFound
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.model import Base, Listed
from rejoinder.knowledge.importing.websites import store as websites
from rejoinder.knowledge.importing.websites.model import Source
from rejoinder.settings import load
from rejoinder.telemetry.logs import configure

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace and its documents, websites and bases."""

    db: Database
    workspace_id: UUID

    async def documents(
        self, base_id: UUID | None = None, tag: str | None = None
    ) -> AsyncIterator[Listed]:
        """All of them, or those of a base or with a tag."""
        after = UUID(int=0)
        while True:
            async with self.db.read(self.workspace_id) as read:
                page = await store.page(read, after, _PAGE, base_id=base_id, tag=tag)
            for each in page:
                yield each
            if len(page) < _PAGE:
                return
            after = page[-1].document_id

    async def sources(self, base_id: UUID | None = None) -> list[Source]:
        """All websites, or those of a base."""
        found: list[Source] = []
        async with self.db.read(self.workspace_id) as read:
            while True:
                after = found[-1].source_id if found else UUID(int=0)
                page = await websites.sources(read, after, _PAGE, base_id)
                found += page
                if len(page) < _PAGE:
                    return found

    async def document(self, which: str) -> Listed | None:
        """The document of that id or source."""
        with suppress(ValueError):
            async with self.db.read(self.workspace_id) as read:
                return await store.document(read, UUID(which))
        async for each in self.documents():
            if each.source == which:
                return each
        return None

    async def base(self, name: str) -> Base:
        """The base of that name. Raises NotFound."""
        async with self.db.read(self.workspace_id) as read:
            found = await store.base_named(read, name)
        if found is None:
            raise NotFound(
                f"This workspace has no base {name!r}.",
                mend="`rejoinder knowledge bases` lists them.",
            )
        return found

    async def base_or_new(self, name: str) -> Base:
        """The base of that name, made if there is none."""
        async with self.db.transaction(self.workspace_id) as tx:
            await store.add_base(tx, new_id(), name)
        return await self.base(name)


def run_in(workspace: str, work: Callable[[Place], Awaitable[None]]) -> None:
    """Do something in the workspace of that slug. Raises Setup when there is no such workspace, or no database."""
    settings = load()
    configure(settings.log_level, settings.log_format)

    async def run() -> None:
        async with database(settings, "rejoinder knowledge") as db:
            await work(Place(db, await workspace_of(db, workspace)))

    run_async(run())
