"""HTTP to addresses that a workspace names: only to the public Internet, whatever a name resolves to.

The address is looked at when the socket for it is made, so a name that resolves to another address a moment later
(DNS rebinding) and an address written as a number are caught alike.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from rejoinder.net.http import session
from rejoinder.net.lookups import Lookups

_LONGEST_ANSWER = 64 * 1024
_BODY_SECONDS = 2.0
# What this Python's ipaddress takes for public and is not: IETF protocol assignments (RFC 6890), 6to4 relays (RFC
# 7526), documentation (RFC 9637), site-local (RFC 3879), a network's own NAT64 (RFC 8215).
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "fec0::/10", "64:ff9b:1::/48"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # carries an IPv4 address that a gateway leads to (RFC 6052)


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
        """The same as `request` for a POST."""
        return await self.request(
            "POST", url, body=body, headers=headers, timeout=timeout, allow_private=allow_private
        )

    def get(
        self, url: str, *, headers: Mapping[str, str], allow_private: bool
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """An answer whose body the caller reads, with the caller's own limits; raises what aiohttp does, and Forbidden.

        Redirects are not followed and compressed bodies stay as they are.
        """
        client = self._anywhere if allow_private else self._public
        return client.get(url, headers=headers, allow_redirects=False, trace_request_ctx=_Written())

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,
        allow_private: bool = False,
    ) -> Posted:
        """Ask and read the answer, within `timeout` seconds in all; redirects are not followed.

        Raises Forbidden, NotSent or Unanswered.
        """
        client = self._anywhere if allow_private else self._public
        written = _Written()
        try:
            async with (
                asyncio.timeout(timeout) as limit,
                client.request(
                    method,
                    url,
                    data=_payload(body),
                    headers=headers,
                    allow_redirects=False,
                    trace_request_ctx=written,
                ) as response,
            ):
                limit.reschedule(None)  # it has answered: what comes of the body changes nothing
                return Posted(response.status, response.headers, await _beginning(response))
        except aiohttp.ClientConnectorCertificateError:  # a ValueError as well, and one that passes
            raise NotSent("the server's certificate is not valid") from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError) as wrong:
            raise Forbidden(f"{type(wrong).__name__}: it is no address to post to") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            why = "no answer in time" if isinstance(failed, TimeoutError) else type(failed).__name__
            if written.begun:
                raise Unanswered(f"the request was sent and not answered ({why})") from None
            raise NotSent(f"no connection ({why})") from None


def _payload(body: bytes) -> bytes | BytesIO | None:
    # aiohttp writes bytes in one go, which holds the loop for a large file, and warns of it above 1 MiB.
    return BytesIO(body) if len(body) > 2**20 else body or None


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    with suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with asyncio.timeout(_BODY_SECONDS):
            while len(found) < _LONGEST_ANSWER:
                part = await response.content.read(_LONGEST_ANSWER - len(found))
                if not part:
                    break
                found += part
    return bytes(found)


@asynccontextmanager
async def outward() -> AsyncIterator[Outward]:
    """The two sessions of a process for addresses that workspaces name."""
    trace, lookups = _trace(), Lookups()
    public_only = _PublicOnly(lookups)
    async with (
        session(
            resolver=public_only, socket_factory=_public_only, trace=trace, decode=False
        ) as public,
        session(resolver=lookups, trace=trace, decode=False) as anywhere,
    ):
        try:
            yield Outward(public, anywhere)
        finally:
            await lookups.close()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet's."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = _carried(ip)
        if inner is not None:
            return is_public(str(inner))
    if any(ip.version == network.version and ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside (RFC 4291, 3056, 4380, 6052)."""
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


class _PublicOnly(AbstractResolver):
    """Hands on a name's public addresses only; Forbidden where it has others and no public one."""

    def __init__(self, lookups: AbstractResolver) -> None:
        self._lookups = lookups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._lookups.resolve(host, port, family)
        public = [each for each in found if is_public(each["host"])]
        if found and not public:
            raise _forbidden(found[0]["host"])
        return public

    async def close(self) -> None:
        """The look-ups are shared, and closed by who made them."""


def _public_only(info: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_public(address[0]):
        raise _forbidden(address[0])
    return socket.socket(family=family, type=kind, proto=protocol)


def _forbidden(address: str) -> Forbidden:
    return Forbidden(f"{address} is not an address of the public Internet")


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
