"""A file from an address that somebody else names: limited in size and time, credentials to whom they belong.

Redirects are followed here, because a client library that follows them by itself would ask each new address for
permission too late and may take the credentials along.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from yarl import URL

from rejoinder.net.guard import Forbidden, Outward
from rejoinder.net.retry_after import retry_after

_HOPS = 5
_PIECE = 64 * 1024
_ANSWER_S = 30.0
"""A server that has not begun to answer by then is away."""

_STALL_S = 20.0
"""So long may one piece of the body take; whoever sends a byte now and then meets the limit of the whole."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: bytes, their SHA-256, and the type that the server told."""

    size: int
    sha256: bytes
    told_type: str | None


class NotFetched(Exception):  # noqa: N818 - an answer, not a fault
    """It did not come, and may another time; `again_in` seconds when the server said so."""

    def __init__(self, why: str, again_in: float | None = None) -> None:
        super().__init__(why)
        self.again_in = again_in


class NeverFetched(NotFetched):
    """It will not come: it is gone."""


class Unwanted(NeverFetched):
    """It is not wanted: too big, or at an address that nobody may be led to."""


async def fetch(
    out: Outward,
    url: str,
    write: Callable[[bytes], object],
    *,
    most: int,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    hosts: Collection[str] = (),
    allow_private: bool = False,
) -> Fetched:
    """Read `url` into `write`, piece by piece: at most `most` bytes within `seconds` in all.

    `headers` go along only if the address's host is among `hosts` (`name` or `name:port`), and no further than
    redirects stay at that very origin. Raises NotFetched, NeverFetched or Unwanted; then what was written is of no use.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _follow(out, url, write, most, headers or {}, hosts, allow_private)
    except TimeoutError:
        raise NotFetched("it did not come in time") from None
    except Forbidden as forbidden:
        raise Unwanted(str(forbidden)) from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as wrong:
        raise Unwanted(f"{type(wrong).__name__}: it is no address to fetch from") from None
    except (aiohttp.ClientError, OSError, ValueError) as failed:
        # Only its kind: the words of some repeat the address, which may hold a token.
        raise NotFetched(f"the connection failed ({type(failed).__name__})") from None


async def _follow(
    out: Outward,
    url: str,
    write: Callable[[bytes], object],
    most: int,
    headers: Mapping[str, str],
    hosts: Collection[str],
    allow_private: bool,
) -> Fetched:
    at = _url(url)
    carried = headers if _belongs(at, hosts) else {}
    for _ in range(_HOPS + 1):
        if at.scheme not in ("http", "https") or not at.host:
            raise Unwanted("it is no http address")
        sent = {**carried, "Accept-Encoding": "identity"}
        async with asyncio.timeout(_ANSWER_S) as limit:
            async with out.get(str(at), headers=sent, allow_private=allow_private) as response:
                limit.reschedule(None)
                if response.status not in _REDIRECTS:
                    return await _body(response, write, most)
                to = _target(at, response.headers.get("Location"))
        if to.origin() != at.origin():
            carried = {}
        at = to
    raise Unwanted(f"it is redirected more than {_HOPS} times")


def _url(text: str) -> URL:
    try:
        return URL(text)
    except ValueError:
        raise Unwanted("it is no address to fetch from") from None


def _belongs(url: URL, hosts: Collection[str]) -> bool:
    return url.host in hosts or f"{url.host}:{url.port}" in hosts


def _target(at: URL, location: str | None) -> URL:
    if not location:
        raise NotFetched("a redirect leads nowhere")
    to = at.join(_url(location))
    if to.scheme not in ("http", "https") or not to.host:
        raise Unwanted("a redirect leads to no http address")
    if at.scheme == "https" and to.scheme == "http":
        raise Unwanted("a redirect leads from https to http")
    return to.with_user(None).with_password(None) if to.user or to.password else to


async def _body(
    response: aiohttp.ClientResponse, write: Callable[[bytes], object], most: int
) -> Fetched:
    if response.status != 200:
        raise _refused(response)
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Unwanted("it came compressed, which was not asked for")
    if response.content_length is not None and response.content_length > most:
        raise _too_big(most)
    size, digest = 0, hashlib.sha256()
    while True:
        async with asyncio.timeout(_STALL_S):
            piece = await response.content.read(_PIECE)
        if not piece:
            break
        size += len(piece)
        if size > most:
            raise _too_big(most)
        digest.update(piece)
        write(piece)
    told = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Fetched(size, digest.digest(), told or None)


def _refused(response: aiohttp.ClientResponse) -> NotFetched:
    said = f"the server answered {response.status}"
    if response.status in _GONE:
        return NeverFetched(said)
    return NotFetched(said, retry_after(response.headers, datetime.now(UTC)))


def _too_big(most: int) -> Unwanted:
    return Unwanted(f"it is larger than {most:,} bytes")
