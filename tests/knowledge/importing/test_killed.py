"""A worker that is killed in the middle of an import leaves what it stored, and another goes on."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from rejoinder.knowledge.importing.websites.run import import_source
from tests.knowledge.importing.conftest import Library, Site


async def test_a_killed_import_is_begun_anew_when_its_claim_has_run_out(
    dsn: str, site: Site, library: Library
) -> None:
    arrived = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    site.has("/", "Welcome.", "/a", "/b")
    site.has("/a", "Words of a.")
    site.routes["/b"] = never
    source = await library.source(site.url)
    importer = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.knowledge.importing.importer",
        *(dsn, str(library.workspace_id), str(source)),
    )
    await asyncio.wait_for(arrived.wait(), 60)
    importer.kill()
    await importer.wait()
    before = await library.times()
    assert set(before) == {"/", "/a"}
    assert await import_source(library.means, library.workspace_id, source) is None
    async with library.db.transaction(library.workspace_id) as tx:
        await tx.connection.execute(
            "UPDATE knowledge_sources SET due_at = clock_timestamp() WHERE workspace_id = $1",
            library.workspace_id,
        )
    site.has("/b", "Words of b.")
    assert await import_source(library.means, library.workspace_id, source) == "done"
    after = await library.times()
    assert set(after) == {"/", "/a", "/b"}
    assert {path: after[path] for path in before} == before
