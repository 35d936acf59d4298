"""Who a visitor is, and what limits him: a signed cookie, and rate limits in the database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from uuid import UUID, uuid4

from rejoinder.db import Database
from rejoinder.errors import Forbidden, Unauthenticated
from rejoinder.secrets import Keys, derive_each, sign, verify
from rejoinder.state import hit

COOKIE = "rejoinder_visitor"
LIFETIME_S = 30 * 86400  # from the last visit: each one renews it

# Beside the limit per visitor there is one per address, else a program that makes itself visitors
# writes without limit. Ten visitors at full speed: a mobile carrier puts hundreds of quiet ones
# behind one address.
_VISITORS_PER_ADDRESS = 10
_STREAMS_PER_MINUTE = 60  # a page reopens its stream once a second at most


@dataclass(frozen=True, slots=True)
class Accepted:
    """A visitor's message was stored: its id, its conversation's, and its place in that."""

    message_id: UUID
    conversation_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class WidgetDeps:
    """What the page stands on.

    `receive(thread_key, visitor_id, external_id, text, payload)` stores a message once per external id; one with a
    payload was tapped.
    `find(thread_key)` is the conversation a visitor is in, if any.
    `stream(conversation_id, after)` yields server-sent-event frames with seq > after, without end.
    `keys` are the installation's secret keys.
    `model` is what answers; `local` is the one that is no large model.
    `examples` are the questions offered to a visitor who has not written yet; without any, those of widget/words.
    """

    db: Database
    keys: Keys
    workspace_id: UUID
    channel_id: UUID
    bot_name: str
    model: str
    messages_per_minute: int
    sessions_per_minute: int
    receive: Callable[[str, str, str, str, str | None], Awaitable[Accepted]]
    find: Callable[[str], Awaitable[UUID | None]]
    stream: Callable[[UUID, int], AsyncIterator[bytes]]
    examples: tuple[str, ...] = ()

    @property
    def is_large_model(self) -> bool:
        """Whether a large language model answers."""
        return self.model != "local"


class Visitors:
    """Makes, recognises and limits the visitors of one channel."""

    def __init__(self, deps: WidgetDeps) -> None:
        self._deps = deps
        self._keys = derive_each(deps.keys, "widget visitor")

    def token(self, visitor: str) -> str:
        """The cookie's value that proves `visitor` until LIFETIME_S from now."""
        claims = {"visitor": visitor, "channel": str(self._deps.channel_id)}
        return sign(self._keys[0], claims, int(time.time()), LIFETIME_S)

    def known(self, token: str | None) -> str:
        """The visitor a cookie's value proves. Raises Unauthenticated."""
        if token is None:
            raise Unauthenticated(
                "There is no visitor session.", mend="POST /widget/session gives one as a cookie."
            )
        claims = verify(self._keys, token, int(time.time()))
        if claims["channel"] != str(self._deps.channel_id):
            raise Unauthenticated("This visitor session belongs to another channel.")
        return claims["visitor"]

    async def admit(self, token: str | None, address: str, *, fresh: bool) -> str:
        """The visitor of this token, or a new one when it proves none or `fresh` is asked for.

        New ones are limited per address, renewals per visitor. Raises TooManyRequests.
        """
        try:
            visitor = None if fresh else self.known(token)
        except Unauthenticated:
            visitor = None
        await self._limit("session", visitor or network(address), self._deps.sessions_per_minute)
        return visitor or str(uuid4())

    async def limit_message(self, visitor: str, address: str) -> None:
        """Count one message. Raises TooManyRequests."""
        per_minute = self._deps.messages_per_minute
        await self._limit("message", visitor, per_minute)
        await self._limit("message", network(address), per_minute * _VISITORS_PER_ADDRESS)

    async def limit_stream(self, visitor: str) -> None:
        """Count one opening of the event stream. Raises TooManyRequests."""
        await self._limit("stream", visitor, _STREAMS_PER_MINUTE)

    async def _limit(self, what: str, who: str, per_minute: int) -> None:
        async with self._deps.db.maintenance() as maintenance:
            await hit(
                maintenance, f"widget {what} {self._deps.channel_id} {who}", per_minute=per_minute
            )


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or an IPv6 customer's own /64 (RFC 6177)."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address  # a Unix socket, or what a proxy wrote
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Address(int(ip) >> 64 << 64))


def refuse_foreign(sec_fetch_site: str | None) -> None:
    """Raise Forbidden for a request that another site's page made.

    Browsers say so in Sec-Fetch-Site (W3C Fetch Metadata); programs don't send it, and carry no
    cookie but their own.
    """
    if sec_fetch_site not in {None, "same-origin", "none"}:
        raise Forbidden("This request was made by another site's page.", code="cross_site")
