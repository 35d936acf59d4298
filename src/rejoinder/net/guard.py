"""HTTP to addresses that a workspace names: only to the public Internet, whatever a name resolves to.

The address is looked at when the socket for it is made, so a name that resolves to another address a moment later
(DNS rebinding) and an address written as a number are caught alike.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp

from rejoinder.net.http import session

_LONGEST_ANSWER = 64 * 1024
# IPv6 addresses that carry an IPv4 address a gateway may lead to (RFC 6052, 8215, 3056, 4380).
_IETF = IPv4Network("192.0.0.0/24")  # RFC 6890; this Python's ipaddress takes it for public
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class Forbidden(Exception):  # noqa: N818 - an answer, not a fault
    """The address leads into a private network, or is none."""


class NotSent(Exception):  # noqa: N818
    """The request certainly did not go out: no such name, no connection, no TLS."""


class Unanswered(Exception):  # noqa: N818
    """The request went out, and no answer came: it may or may not have been acted on."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer's status, headers, and first 64 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outward:
    """Posts to addresses that a workspace names; make it with `outward()`."""

    def __init__(self, public: aiohttp.ClientSession, anywhere: aiohttp.ClientSession) -> None:
        self._public = public
        self._anywhere = anywhere

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,
        allow_private: bool = False,
    ) -> Posted:
        """Post and read the answer, within `timeout` seconds in all; redirects are not followed.

        Raises Forbidden, NotSent or Unanswered.
        """
        client = self._anywhere if allow_private else self._public
        written = _Written()
        try:
            async with (
                asyncio.timeout(timeout),
                client.post(
                    url,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    trace_request_ctx=written,
                ) as response,
            ):
                answer = await response.content.read(_LONGEST_ANSWER)
                return Posted(response.status, response.headers, answer)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError) as wrong:
            raise Forbidden(f"{type(wrong).__name__}: it is no address to post to") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            why = "no answer in time" if isinstance(failed, TimeoutError) else type(failed).__name__
            if written.begun:
                raise Unanswered(f"the request was sent and not answered ({why})") from None
            raise NotSent(f"no connection ({why})") from None


@asynccontextmanager
async def outward() -> AsyncIterator[Outward]:
    """The two sessions of a process for addresses that workspaces name."""
    async with (
        session(socket_factory=_public_only, trace=_trace()) as public,
        session(trace=_trace()) as anywhere,
    ):
        yield Outward(public, anywhere)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet's."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = _carried(ip)
        if inner is not None:
            return is_public(str(inner))
    elif ip in _IETF:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if any(ip in network for network in _NAT64):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _public_only(info: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_public(address[0]):
        raise Forbidden(f"{address[0]} is not an address of the public Internet")
    return socket.socket(family=family, type=kind, proto=protocol)


@dataclass(slots=True)
class _Written:
    begun: bool = False


def _trace() -> aiohttp.TraceConfig:
    """Notes when a request's head goes out: from then on nobody knows whether it was acted on."""
    trace = aiohttp.TraceConfig()

    async def begun(_session: object, context: Any, _params: object) -> None:
        context.trace_request_ctx.begun = True

    trace.on_request_headers_sent.append(begun)
    return trace
