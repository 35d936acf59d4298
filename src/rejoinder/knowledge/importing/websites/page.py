"""One page of a site, fetched: redirects are followed within the site, nothing large is taken, nothing unasked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from yarl import URL

from rejoinder.knowledge.importing.websites.addresses.sitemap import NotASitemap, unpacked
from rejoinder.knowledge.importing.websites.addresses.urls import canonical, same_site
from rejoinder.net.guard import Forbidden, Outward
from rejoinder.net.retry_after import retry_after

_HOPS = 5
_PIECE = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
# Refused to us or to everyone for good: asking again tomorrow may help, asking again now does not.
_BARRED = frozenset({401, 402, 403, 405, 406, 414, 451})


class Skipped(Exception):  # noqa: N818 - an answer, not a fault
    """There is no page here for us, and that is certain: too large, elsewhere, of another kind, not for us."""


class Gone(Skipped):
    """There is no page any more."""


class Failed(Exception):  # noqa: N818
    """Whether there is a page is not known: the server is down, slow or out of order."""

    def __init__(self, why: str, again_in: float | None = None) -> None:
        super().__init__(why)
        self.again_in = again_in


@dataclass(frozen=True, slots=True)
class Page:
    """What came from `url`, where the last redirect led; `data` is None when it has not changed."""

    url: URL
    mime_type: str
    content_type: str
    data: bytes | None
    etag: str | None = None
    modified: str | None = None


async def fetch(
    out: Outward,
    url: URL,
    *,
    most: int,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    allow_private: bool = False,
    kinds: frozenset[str] | None = None,
) -> Page:
    """Read a page of at most `most` bytes within `seconds` in all. Raises Skipped, Gone or Failed.

    `headers` may ask whether it changed; `kinds` are the MIME types that are read at all.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _follow(out, url, most, headers or {}, allow_private, kinds)
    except TimeoutError:
        raise Failed(f"it did not come within {seconds:g} s") from None
    except Forbidden as forbidden:
        raise Skipped(str(forbidden)) from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as wrong:
        raise Skipped(f"it is no address to fetch from ({type(wrong).__name__})") from None
    except (aiohttp.ClientError, OSError, ValueError) as failed:
        raise Failed(f"the connection failed ({type(failed).__name__})") from None


async def _follow(
    out: Outward,
    url: URL,
    most: int,
    headers: Mapping[str, str],
    allow_private: bool,
    kinds: frozenset[str] | None,
) -> Page:
    at = url
    for _ in range(_HOPS + 1):
        sent = {"Accept-Encoding": "identity", **(headers if at == url else {})}
        async with out.get(str(at), headers=sent, allow_private=allow_private) as response:
            if response.status not in _REDIRECTS:
                return await _read(response, at, most, kinds)
            to = canonical(response.headers.get("Location", ""), at)
        if to is None or not response.headers.get("Location"):
            raise Failed("a redirect leads nowhere")
        if not same_site(to, url):
            raise Skipped(f"it leads to another site, {to.host}")
        if to == at:
            raise Skipped("it is redirected to itself")
        at = to
    raise Skipped(f"it is redirected more than {_HOPS} times")


async def _read(
    response: aiohttp.ClientResponse, at: URL, most: int, kinds: frozenset[str] | None
) -> Page:
    told = response.headers.get("Content-Type", "")
    mime_type = told.partition(";")[0].strip().lower()
    etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    if response.status == 304:
        return Page(at, mime_type, told, None, etag, modified)
    _check(response)
    if kinds is not None and mime_type not in kinds:
        raise Skipped(f"it is {mime_type[:80] or 'of no type'}")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Skipped(f"it came packed as {encoding[:40]}, which was not asked for")
    data = await _body(response, most)
    try:
        data = unpacked(data, most) if encoding == "gzip" else data
    except NotASitemap as wrong:
        raise Skipped(str(wrong)) from None
    return Page(at, mime_type, told, data, etag, modified)


def _check(response: aiohttp.ClientResponse) -> None:
    said = f"the server answered {response.status}"
    if response.status in _GONE:
        raise Gone(said)
    if response.status in _BARRED:
        raise Skipped(said)
    if response.status != 200:
        raise Failed(said, retry_after(response.headers, datetime.now(UTC)))


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    if response.content_length is not None and response.content_length > most:
        raise Skipped(f"it is larger than {most:,} bytes")
    found = bytearray()
    while piece := await response.content.read(_PIECE):
        found += piece
        if len(found) > most:
            raise Skipped(f"it is larger than {most:,} bytes")
    return bytes(found)
