"""One page, fetched: slow, large, packed and shifting servers."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from aiohttp import web
from yarl import URL

from rejoinder.knowledge.importing.websites.page import Failed, Gone, Page, Skipped, fetch
from rejoinder.net.guard import Outward
from tests.knowledge.importing.conftest import Site


async def got(out: Outward, site: Site, path: str, **given: float) -> Page:
    """The page at that path."""
    return await fetch(
        out,
        URL(f"{site.url}{path}"),
        most=int(given.get("most", 1000)),
        seconds=given.get("seconds", 10),
        allow_private=True,
    )


async def test_a_page_that_trickles_is_given_up(out: Outward, site: Site) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<p>")
        await asyncio.Event().wait()
        return response

    site.routes["/slow"] = trickle
    with pytest.raises(Failed, match="did not come within"):
        await got(out, site, "/slow", seconds=0.2)


async def test_one_that_does_not_end_is_left(out: Outward, site: Site) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x" * 1000)
        return response

    site.routes["/endless"] = endless
    with pytest.raises(Skipped, match="larger than 5,000 bytes"):
        await got(out, site, "/endless", most=5000)


async def test_what_comes_packed_unasked_is_unpacked_within_the_limit(
    out: Outward, site: Site
) -> None:
    packed = {"Content_Encoding": "gzip"}
    site.gives("/small", gzip.compress(b"words"), "text/plain", **packed)
    site.gives("/bomb", gzip.compress(bytes(200_000)), "text/plain", **packed)
    assert (await got(out, site, "/small")).data == b"words"
    with pytest.raises(Skipped, match="over"):
        await got(out, site, "/bomb")


async def test_statuses_tell_whether_it_is_worth_asking_again(out: Outward, site: Site) -> None:
    for status, raised in ((404, Gone), (410, Gone), (403, Skipped), (500, Failed), (204, Failed)):
        site.says("/page", status)
        with pytest.raises(raised):
            await got(out, site, "/page")
    site.says("/page", 429, **{"Retry-After": "7"})
    with pytest.raises(Failed) as busy:
        await got(out, site, "/page")
    assert busy.value.again_in == 7


async def test_redirects_end_where_the_page_is(out: Outward, site: Site) -> None:
    site.leads("/old", "/new?utm_source=x#top")
    site.gives("/new", b"words", "text/plain")
    assert str((await got(out, site, "/old")).url) == f"{site.url}/new"
    for number in range(8):
        site.leads(f"/{number}", f"/{number + 1}")
    with pytest.raises(Skipped, match="more than 5 times"):
        await got(out, site, "/0")
    site.says("/nowhere", 302)
    with pytest.raises(Failed, match="leads nowhere"):
        await got(out, site, "/nowhere")
