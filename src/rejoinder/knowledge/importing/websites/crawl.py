"""A site is read breadth first, one request after the other, within what its robots.txt allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping

from yarl import URL

from rejoinder.knowledge.importing.websites.addresses import robots, sitemap
from rejoinder.knowledge.importing.websites.addresses.urls import (
    Traps,
    canonical,
    is_file,
    same_site,
    wanted,
)
from rejoinder.knowledge.importing.websites.found import Crawled
from rejoinder.knowledge.importing.websites.keep import Keeper
from rejoinder.knowledge.importing.websites.model import Claimed, Known
from rejoinder.knowledge.importing.websites.page import Failed, Gone, Page, Skipped, fetch
from rejoinder.net.guard import Outward

PAUSE_S = 0.25
"""Between two requests, where the site asks for no longer pause."""

_PAGE_BYTES = 5 * 1024 * 1024
_ROBOTS_BYTES = 1024 * 1024
_PAGE_S, _SITEMAP_S = 30.0, 120.0
_SITEMAPS = 50
_ADDRESSES = 100_000  # remembered of one site; no crawl visits more than 20,100 of them
_LONGEST_S = 4 * 3600.0
_DOWN = 10  # pages in a row that fail: the site is down
_AGAIN_S = 10.0
KINDS = frozenset(
    {"text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf"}
)


class Crawl:
    """One crawl of one source. `known` are the pages of the last; `run()` once."""

    def __init__(
        self,
        claimed: Claimed,
        out: Outward,
        known: Mapping[str, Known],
        keeper: Keeper,
        pause: float = PAUSE_S,
    ) -> None:
        self._claimed = claimed
        self._out = out
        self._known = known
        self._keeper = keeper
        self._pause = pause
        self._site = URL(claimed.url)
        self._robots = robots.read(b"")
        self._traps = Traps()
        self._queue: deque[URL] = deque()
        self._queued: set[URL] = set()
        self._visited: set[URL] = set()
        self._seen: set[str] = set()
        self._failed: dict[URL, str] = {}
        self._skipped: list[tuple[URL, str]] = []
        self._in_a_row = 0

    async def run(self) -> Crawled:
        """Read all that there is to be read."""
        stopped = await self._all()
        return Crawled(self._seen, list(self._failed.items()), self._skipped, stopped)

    async def _all(self) -> str | None:
        """Why it ended before the end, if it did."""
        start = canonical(self._claimed.url)
        if start is None:
            return "the address is none of a web page"
        until = asyncio.get_running_loop().time() + _LONGEST_S
        try:
            self._robots = await self._rules(start)
            await self._seed(start)
        except Failed as failed:
            return f"the site could not be read: {failed}"
        options = self._claimed.options
        while self._queue:
            if len(self._seen) >= options.most_pages:
                return f"the site has more pages than the {options.most_pages} that were asked for"
            if len(self._visited) >= 4 * options.most_pages + 100:
                return f"after {len(self._visited)} addresses, most without a page to keep, it was left"
            if asyncio.get_running_loop().time() > until:
                return "it took longer than four hours"
            await self._visit(self._queue.popleft())
            if self._in_a_row >= _DOWN:
                return f"{_DOWN} pages in a row could not be read"
        return None

    async def _rules(self, start: URL) -> robots.Robots:
        """robots.txt: none means that all may be read, one that can't be read now that nothing may (RFC 9309, 2.3)."""
        try:
            page = await self._get(start.with_path("/robots.txt").with_query(None), _ROBOTS_BYTES)
        except Skipped:
            return robots.read(b"")
        except Failed as failed:
            raise Failed(f"robots.txt: {failed}") from None
        found = robots.read(page.data or b"")
        self._pause = max(self._pause, found.pause)
        return found

    async def _seed(self, start: URL) -> None:
        if self._claimed.kind == "sitemap":
            await self._list([start])
            return
        self._queue.append(start)
        self._queued.add(start)
        named = [url for each in self._robots.sitemaps if (url := canonical(each, start))]
        await self._list(named or [start.with_path("/sitemap.xml").with_query(None)])

    async def _list(self, sitemaps: list[URL]) -> None:
        """Queue the pages that the sitemaps list, and those that these list."""
        left, done = deque(sitemaps), set[URL]()
        while left and len(done) < _SITEMAPS:
            url = left.popleft()
            if url in done or not same_site(url, sitemaps[0]):
                continue
            done.add(url)
            try:
                page = await self._get(url, sitemap.MOST_BYTES, _SITEMAP_S)
                found = await asyncio.to_thread(sitemap.read, page.data or b"")
            except (Skipped, sitemap.NotASitemap) as none:
                self._skipped.append((url, str(none)))
                continue
            except Failed as failed:
                self._failed[url] = str(failed)
                continue
            # 50,000 addresses take some seconds: beside the loop.
            self._add(await asyncio.to_thread(_canonical, found.pages, url))
            left += await asyncio.to_thread(_canonical, found.sitemaps[:_SITEMAPS], url)

    def _add(self, urls: Iterable[URL]) -> None:
        for url in urls:
            if len(self._queued) >= _ADDRESSES:
                return
            if url in self._queued or is_file(url):
                continue
            self._queued.add(url)
            if not same_site(url, self._site) or not wanted(url, self._claimed.options):
                continue
            if self._traps.lets(url):
                self._queue.append(url)

    async def _visit(self, url: URL) -> None:
        if url in self._visited and url not in self._failed:
            return
        again = url in self._failed
        self._visited.add(url)
        if not self._robots.allow(str(url)):
            self._skipped.append((url, "robots.txt forbids it"))
            return
        try:
            await self._read(url)
        except Failed as failed:
            self._in_a_row += 1
            if not again:  # once more, after all others
                self._queue.append(url)
            if not again and failed.again_in:
                await asyncio.sleep(min(failed.again_in, _AGAIN_S))
            self._failed[url] = str(failed)
            return
        except Skipped as none:
            if not isinstance(none, Gone):
                self._skipped.append((url, str(none)))
        self._in_a_row = 0
        self._failed.pop(url, None)

    async def _read(self, url: URL) -> None:
        known = self._known.get(str(url))
        page = await self._get(url, _PAGE_BYTES, kinds=KINDS, headers=_asking(known))
        if page.data is None and known is not None:
            self._see(self._keeper.same(str(url)))
            self._follow(filter(None, map(canonical, known.links)))
            return
        if page.url != url:
            if page.url in self._visited:
                return
            self._visited.add(page.url)
            if not self._robots.allow(str(page.url)):
                raise Skipped("it leads to what robots.txt forbids")
        source, links = await self._keeper.keep(page, page.data or b"")
        self._see(source)
        self._follow(links)

    def _see(self, source: str | None) -> None:
        if source is not None:
            self._seen.add(source)

    def _follow(self, links: Iterable[URL]) -> None:
        if self._claimed.kind == "website":
            self._add(links)

    async def _get(
        self,
        url: URL,
        most: int,
        seconds: float = _PAGE_S,
        kinds: frozenset[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        await asyncio.sleep(self._pause)
        return await fetch(
            self._out,
            url,
            most=most,
            seconds=seconds,
            headers=headers,
            allow_private=self._claimed.allow_private,
            kinds=kinds,
        )


def _canonical(addresses: Iterable[str], base: URL) -> list[URL]:
    return [url for each in addresses if (url := canonical(each, base)) is not None]


def _asking(known: Known | None) -> dict[str, str]:
    """Headers by which an unchanged page is not sent again."""
    if known is None or known.digest is None:
        return {}
    told = (("If-None-Match", known.etag), ("If-Modified-Since", known.modified))
    return {name: value for name, value in told if value}
