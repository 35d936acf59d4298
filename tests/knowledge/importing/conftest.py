"""A website on loopback, and sources that are read from it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import web

from rejoinder.db import Database, new_id
from rejoinder.knowledge.importing import store as documents
from rejoinder.knowledge.importing.websites import store
from rejoinder.knowledge.importing.websites.model import Kind, Options, Source
from rejoinder.knowledge.importing.websites.run import Means, import_source
from rejoinder.net.guard import Outward, outward

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(title: str, text: str, *links: str, head: str = "") -> str:
    """A web page with links."""
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>"
        f"<nav><ul>{anchors}</ul></nav><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    )


@dataclass
class Site:
    """A server of pages: each path is answered by a function; `asked` are the paths and queries that came."""

    url: str = ""
    routes: dict[str, Serve] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def has(self, path: str, text: str, *links: str, head: str = "", **headers: str) -> None:
        """A page of its own words."""
        body = page(path.strip("/") or "Home", text, *links, head=head)
        self.gives(path, body.encode(), "text/html; charset=utf-8", **headers)

    def gives(self, path: str, body: bytes, content_type: str, **headers: str) -> None:
        """Answer a path with bytes; with an ETag, if that is asked for and the same, with 304."""

        async def answer(request: web.Request) -> web.StreamResponse:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            if "ETag" in told and request.headers.get("If-None-Match") == told["ETag"]:
                return web.Response(status=304, headers={"ETag": told["ETag"]})
            return web.Response(body=body, headers={"Content-Type": content_type, **told})

        self.routes[path] = answer

    def says(self, path: str, status: int, **headers: str) -> None:
        """Answer a path with a status."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, headers=headers)

        self.routes[path] = answer

    def leads(self, path: str, to: str) -> None:
        """Redirect a path."""
        self.says(path, 302, Location=to)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The server's one function."""
        self.asked.append(request.path_qs)
        self.headers.append(dict(request.headers))
        found = self.routes.get(request.path_qs) or self.routes.get(request.path)
        return await found(request) if found else web.Response(status=404)  # type: ignore[arg-type]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site that the tests' sources read."""
    site = Site()
    runner = web.ServerRunner(
        web.Server(site.answer, access_log=None, handler_cancellation=True), shutdown_timeout=0.1
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


@pytest.fixture
async def out() -> AsyncIterator[Outward]:
    async with outward() as out:
        yield out


@dataclass
class Library:
    """A workspace with a base, and what is imported into it."""

    db: Database
    workspace_id: UUID
    base_id: UUID
    means: Means

    async def source(
        self,
        url: str,
        kind: Kind = "website",
        options: Options | None = None,
        every: timedelta | None = None,
    ) -> UUID:
        """A new source."""
        source_id = new_id()
        async with self.db.transaction(self.workspace_id) as tx:
            options = options or Options()
            assert await store.add(tx, source_id, self.base_id, kind, url, options, every)
        return source_id

    async def read(self, source_id: UUID) -> Source:
        """Import it now; what is known of it then."""
        async with self.db.transaction(self.workspace_id) as tx:
            await store.refresh(tx, source_id)
        await import_source(self.means, self.workspace_id, source_id)
        return await self.known(source_id)

    async def known(self, source_id: UUID) -> Source:
        """What is known of it."""
        async with self.db.read(self.workspace_id) as read:
            found = await store.source(read, source_id)
        assert found is not None
        return found

    async def pages(self) -> dict[str, str]:
        """Title by path of each document."""
        async with self.db.read(self.workspace_id) as read:
            found = await documents.page(read, UUID(int=0), 1000)
        return {"/" + each.source.split("/", 3)[-1]: each.title for each in found}

    async def times(self) -> dict[str, object]:
        """When each document was last changed."""
        async with self.db.read(self.workspace_id) as read:
            found = await documents.page(read, UUID(int=0), 1000)
        return {"/" + each.source.split("/", 3)[-1]: each.updated_at for each in found}


@pytest.fixture
async def library(db: Database, workspace_id: UUID, out: Outward) -> Library:
    """A workspace that may read sites on loopback, without pauses."""
    base_id = new_id()
    async with db.transaction(workspace_id) as tx:
        assert await documents.add_base(tx, base_id, "Site")
        await tx.connection.execute(
            "UPDATE workspaces SET allow_private_networks = true WHERE workspace_id = $1",
            workspace_id,
        )
    return Library(db, workspace_id, base_id, Means(db, out, pause=0))
