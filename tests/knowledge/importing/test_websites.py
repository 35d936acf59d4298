"""A website becomes documents, and stays current."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta

import pytest
from aiohttp import web

from rejoinder.errors import Invalid
from rejoinder.knowledge import search
from rejoinder.knowledge.importing.websites import store
from rejoinder.knowledge.importing.websites.jobs import job
from rejoinder.knowledge.importing.websites.lane import Imports, sweep
from rejoinder.knowledge.importing.websites.model import Options
from rejoinder.knowledge.importing.websites.run import import_source
from rejoinder.queue.jobs import Taken
from tests.knowledge.importing.conftest import Library, Site
from tests.knowledge.importing.pdfs import pdf


def sitemap(*urls: str) -> bytes:
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'.encode()


async def test_linked_pages_become_documents_once_each(site: Site, library: Library) -> None:
    site.has("/", "Welcome to the shop.", "/a", "/b?utm_source=mail#top", "/a#x", "mailto:x@y.z")
    site.has("/a", "We sell hamsters.", "/", "/b")
    site.has("/b", "Returns within 30 days.", "/c/../a")
    found = await library.read(await library.source(site.url))
    assert (found.state, found.error, found.pages) == ("done", None, 3)
    assert await library.pages() == {"/": "Home", "/a": "a", "/b": "b"}
    assert sorted(site.asked) == ["/", "/a", "/b", "/robots.txt", "/sitemap.xml"]
    async with library.db.read(library.workspace_id) as read:
        hits = await search(read, "hamsters")
    assert [hit.text for hit in hits][:1] == ["We sell hamsters."]


async def test_an_unchanged_page_is_untouched_and_a_changed_one_replaced(
    site: Site, library: Library
) -> None:
    site.has("/", "Welcome.", "/a", "/b")
    site.has("/a", "Old words.")
    site.has("/b", "Same words.", ETag='"1"')
    source = await library.source(site.url)
    await library.read(source)
    before = await library.times()
    site.has("/a", "New words.")
    await library.read(source)
    after = await library.times()
    assert {path for path in after if after[path] != before[path]} == {"/a"}
    assert site.headers[-1].get("If-None-Match") == '"1"'


async def test_a_page_that_did_not_change_still_leads_to_others(
    site: Site, library: Library
) -> None:
    site.has("/", "Welcome.", "/a", ETag='"home"')
    site.has("/a", "Words.")
    source = await library.source(site.url)
    await library.read(source)
    assert (await library.read(source)).error is None
    assert await library.pages() == {"/": "Home", "/a": "a"}


async def test_vanished_and_unlinked_pages_go_with_their_documents(
    site: Site, library: Library
) -> None:
    site.has("/", "Welcome.", "/a", "/b", "/c")
    for path in ("/a", "/b", "/c"):
        site.has(path, f"Words of {path}.")
    source = await library.source(site.url)
    await library.read(source)
    site.has("/", "Welcome.", "/a", "/b")
    site.says("/b", 410)
    assert (await library.read(source)).pages == 2
    assert await library.pages() == {"/": "Home", "/a": "a"}


async def test_nothing_goes_when_a_page_in_the_middle_fails(site: Site, library: Library) -> None:
    site.has("/", "Welcome.", "/a", "/b")
    site.has("/a", "Words of a.", "/c")
    site.has("/b", "Words of b.")
    site.has("/c", "Words of c.")
    source = await library.source(site.url)
    await library.read(source)
    site.says("/a", 500)
    site.says("/b", 404)
    found = await library.read(source)
    assert found.state == "done"
    assert found.error is not None
    assert "/a (the server answered 500)" in found.error
    assert set(await library.pages()) == {"/", "/a", "/b", "/c"}
    assert site.asked.count("/a") == 3  # once more after the others


async def test_nothing_goes_when_the_site_is_down(site: Site, library: Library) -> None:
    site.has("/", "Welcome.")
    source = await library.source(site.url)
    await library.read(source)
    site.says("/", 503)
    found = await library.read(source)
    assert found.state == "failed"
    assert found.error
    assert found.pages == 1
    assert set(await library.pages()) == {"/"}


async def test_robots_are_obeyed(site: Site, library: Library) -> None:
    site.gives(
        "/robots.txt",
        f"User-agent: *\nDisallow: /private\nSitemap: {site.url}/map.xml\n".encode(),
        "text/plain",
    )
    site.gives("/map.xml", sitemap(f"{site.url}/listed", f"{site.url}/private/b"), "text/xml")
    site.has("/", "Welcome.", "/private/a")
    site.has("/listed", "Listed words.")
    site.has("/private/a", "Secret.")
    site.has("/private/b", "Secret.")
    assert (await library.read(await library.source(site.url))).error is None
    assert set(await library.pages()) == {"/", "/listed"}
    assert not [path for path in site.asked if path.startswith("/private")]


async def test_without_robots_that_can_be_read_nothing_is(site: Site, library: Library) -> None:
    site.has("/", "Welcome.")
    site.says("/robots.txt", 500)
    found = await library.read(await library.source(site.url))
    assert found.state == "failed"
    assert "robots.txt" in (found.error or "")
    assert site.asked == ["/robots.txt"]


async def test_a_sitemap_index_with_packed_sitemaps_is_read_and_no_link_followed(
    site: Site, library: Library
) -> None:
    index = f"<sitemapindex><sitemap><loc>{site.url}/a.xml.gz</loc></sitemap></sitemapindex>"
    site.gives("/index.xml", index.encode(), "application/xml")
    packed = gzip.compress(sitemap(f"{site.url}/one", f"{site.url}/two", "http://other.test/x"))
    site.gives("/a.xml.gz", packed, "application/gzip")
    site.has("/one", "Words of one.", "/three")
    site.has("/two", "Words of two.")
    site.has("/three", "Words of three.")
    await library.read(await library.source(f"{site.url}/index.xml", "sitemap"))
    assert set(await library.pages()) == {"/one", "/two"}


async def test_what_leads_to_other_sites_or_private_addresses_is_left(
    site: Site, library: Library
) -> None:
    site.has("/", "Welcome.", "/out", "/in", "/loop", "http://169.254.169.254/latest", "/deep/1")
    site.leads("/out", "http://10.0.0.1/secret")
    site.leads("/in", "/kept")
    site.leads("/loop", "/loop2")
    site.leads("/loop2", "/loop")
    site.has("/kept", "Kept words.")
    found = await library.read(await library.source(site.url))
    assert (found.state, found.error) == ("done", None)
    assert set(await library.pages()) == {"/", "/kept"}


async def test_a_private_address_is_refused_where_none_is_allowed(
    site: Site, library: Library
) -> None:
    async with library.db.transaction(library.workspace_id) as tx:
        await tx.connection.execute(
            "UPDATE workspaces SET allow_private_networks = false WHERE workspace_id = $1",
            library.workspace_id,
        )
    site.has("/", "Welcome.")
    found = await library.read(await library.source(site.url))
    assert found.state == "failed"
    assert "not an address of the public Internet" in (found.error or "")
    assert site.asked == []


async def test_links_without_end_are_bounded(site: Site, library: Library) -> None:
    async def calendar(request: web.Request) -> web.StreamResponse:
        day = int(request.query.get("day", "0"))
        text = (
            f"<title>Day {day}</title><p>Words of day {day}.</p>"
            f'<a href="/calendar?day={day + 1}">next</a> <a href="{request.path}/x">deeper</a>'
        )
        return web.Response(text=text, content_type="text/html")

    site.routes["/calendar"] = calendar
    site.has("/", "Welcome.", "/calendar")
    found = await library.read(await library.source(site.url))
    assert found.state == "done"
    assert found.pages == 32
    assert len(site.asked) < 50


async def test_no_more_pages_are_read_than_asked_for_and_none_forgotten(
    site: Site, library: Library
) -> None:
    site.has("/", "Welcome.", *(f"/{number}" for number in range(6)))
    for number in range(6):
        site.has(f"/{number}", f"Words of {number}.")
    source = await library.source(site.url, options=Options(most_pages=3))
    found = await library.read(source)
    assert found.pages == 3
    assert "more pages than the 3" in (found.error or "")


async def test_only_paths_that_are_wanted_are_read(site: Site, library: Library) -> None:
    site.has("/", "Welcome.", "/help/a", "/help/old/b", "/shop/c")
    for path in ("/help/a", "/help/old/b", "/shop/c"):
        site.has(path, f"Words of {path}.")
    options = Options(include=("/help/*",), exclude=("*/old/*",))
    await library.read(await library.source(site.url, options=options))
    assert set(await library.pages()) == {"/help/a"}
    assert "/shop/c" not in site.asked


async def test_broken_large_and_strange_pages_are_passed_over(site: Site, library: Library) -> None:
    site.has("/", "Welcome.", "/empty", "/binary", "/large", "/noindex", "/twin", "/film")
    site.gives("/empty", b"", "text/html")
    site.gives("/binary", bytes(range(256)) * 10, "text/html")
    site.gives("/large", b"<p>x" * 2_000_000, "text/html")
    site.gives("/film", b"x", "video/mp4")
    site.has("/noindex", "Not for you.", "/twin2", head='<meta name="robots" content="noindex">')
    site.gives("/twin", site_page := b"<title>T</title><p>The same words.</p>", "text/html")
    site.gives("/twin2", site_page, "text/html")
    found = await library.read(await library.source(site.url))
    assert (found.state, found.error) == ("done", None)
    assert await library.pages() == {"/": "Home", "/twin": "T"}
    assert "/twin2" in site.asked


async def test_a_page_that_never_comes_leaves_the_import_unfinished(
    site: Site, library: Library
) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    site.has("/", "Welcome.", "/cut")
    site.routes["/cut"] = cut
    found = await library.read(await library.source(site.url))
    assert (found.state, found.pages) == ("done", 1)
    assert "the connection failed" in (found.error or "")


async def test_two_workers_do_not_read_one_source_at_once(site: Site, library: Library) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await go.wait()
        return web.Response(text="<p>Welcome.</p>", content_type="text/html")

    site.routes["/"] = slow
    source = await library.source(site.url)
    first = asyncio.create_task(import_source(library.means, library.workspace_id, source))
    await arrived.wait()
    assert await import_source(library.means, library.workspace_id, source) is None
    async with library.db.transaction(library.workspace_id) as tx:
        assert not await store.refresh(tx, source)
    go.set()
    assert await first == "done"


async def test_an_import_that_died_is_taken_up_again(site: Site, library: Library) -> None:
    site.has("/", "Welcome.")
    source = await library.source(site.url)
    async with library.db.transaction(library.workspace_id) as tx:
        dead = await store.claim(tx, source, timedelta(seconds=-1))
    assert dead is not None
    assert await sweep(library.db, timedelta(0)) >= 1
    assert await import_source(library.means, library.workspace_id, source) == "done"
    async with library.db.transaction(library.workspace_id) as tx:
        assert not await store.hold(tx, dead, timedelta(minutes=1))
        assert not await store.end(tx, dead, "failed", "late")
    assert (await library.known(source)).state == "done"


async def test_one_that_is_stopped_is_left_to_the_next(site: Site, library: Library) -> None:
    arrived = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    site.routes["/"] = never
    source = await library.source(site.url)
    running = asyncio.create_task(import_source(library.means, library.workspace_id, source))
    await arrived.wait()
    running.cancel()
    await asyncio.wait([running])
    assert (await library.known(source)).state == "waiting"
    site.has("/", "Welcome.")
    assert await import_source(library.means, library.workspace_id, source) == "done"


async def test_a_source_deleted_meanwhile_leaves_nothing(site: Site, library: Library) -> None:
    source = await library.source(site.url)

    async def deleted(request: web.Request) -> web.StreamResponse:
        async with library.db.transaction(library.workspace_id) as tx:
            assert await store.delete(tx, source)
        return web.Response(text="<p>Welcome.</p>", content_type="text/html")

    site.routes["/"] = deleted
    assert await import_source(library.means, library.workspace_id, source) is None
    assert await library.pages() == {}


async def test_it_is_due_again_when_its_time_has_come(site: Site, library: Library) -> None:
    site.has("/", "Welcome.")
    source = await library.source(site.url, every=timedelta(hours=2))
    found = await library.read(source)
    assert found.due_at is not None
    assert found.done_at is not None
    assert timedelta(hours=1.9) < found.due_at - found.done_at < timedelta(hours=2.1)
    assert await import_source(library.means, library.workspace_id, source) is None
    asked_once = await library.read(await library.source(f"{site.url}/?x=1"))
    assert asked_once.due_at is None


async def test_a_pdf_that_a_page_links_is_a_document_too(site: Site, library: Library) -> None:
    site.has("/", "Welcome.", "/prices.pdf", "/broken.pdf")
    site.gives("/prices.pdf", pdf([(20, "Prices"), (10, "A mug is 5.")]), "application/pdf")
    site.gives("/broken.pdf", b"%PDF-1.4 rubbish", "application/pdf")
    found = await library.read(await library.source(site.url))
    assert (found.state, found.error) == ("done", None)
    assert await library.pages() == {"/": "Home", "/prices.pdf": "Prices"}


async def test_a_job_has_a_website_read_and_one_too_many_waits(
    site: Site, library: Library
) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await go.wait()
        return web.Response(text="<p>Welcome.</p>", content_type="text/html")

    site.routes["/"] = slow
    source = await library.source(site.url)
    other = await library.source(f"{site.url}/other")
    imports = Imports(library.means, slots=1)
    jobs = [job(library.workspace_id, each) for each in (source, other)]
    for each in jobs:
        await imports.wake(Taken(each.lane, each.payload, 0))
    await arrived.wait()
    assert imports.room() == 0
    assert (await library.known(other)).state == "waiting"
    go.set()
    await imports.drain(30)
    assert (await library.known(source)).state == "done"
    with pytest.raises(Invalid):
        await imports.wake(Taken("imports", b"rubbish", 0))
