"""`/webhooks/{platform}/{channel_id}`: where platforms post."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn, TypeVar
from uuid import UUID

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from fastapi.responses import PlainTextResponse

from rejoinder.channels.log import ChannelLog
from rejoinder.channels.port.adapter import BadSignature, Request
from rejoinder.db import Database
from rejoinder.errors import NotFound, Setup, Unauthenticated, Unavailable
from rejoinder.inbound.webhook.known import Known, KnownChannels
from rejoinder.inbound.webhook.take import take
from rejoinder.secrets.vault import Vault
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import BAD_SIGNATURES

Answer = TypeVar("Answer")


def routes(db: Database, vault: Vault, channel_log: ChannelLog | None = None) -> APIRouter:
    """The handshake and the way in of each platform; its own signature is all that says who calls.

    What was the platform's is noted in the channel's log; what was not leaves only a counter.
    """
    router = APIRouter(prefix="/webhooks", include_in_schema=False)
    channels = KnownChannels(db, vault)

    @router.get("/{platform}/{channel_id}")
    async def handshake(platform: str, channel_id: str, http: HttpRequest) -> PlainTextResponse:
        known = await _known(channels, platform, channel_id)
        query = dict(http.query_params)
        try:
            _, answer = await _checked(
                channels, known, lambda who: who.adapter.handshake(who.account, query)
            )
        except BadSignature as bad:
            _refuse(known, bad)
        return PlainTextResponse(answer)

    @router.post("/{platform}/{channel_id}")
    async def post(platform: str, channel_id: str, http: HttpRequest) -> PlainTextResponse:
        began = time.monotonic()
        known = await _known(channels, platform, channel_id)
        request = Request("POST", dict(http.headers), dict(http.query_params), await http.body())
        what: str | None = "raised"
        try:
            known, _ = await _checked(
                channels,
                known,
                lambda who: who.adapter.verify(who.account, request, datetime.now(UTC)),
            )
            what = await take(db, channels, known, request.body)
        except BadSignature as bad:
            what = None
            _refuse(known, bad)
        except Unavailable:
            what = "unavailable"
            raise
        finally:
            if channel_log is not None and what is not None:
                _note(channel_log, known, request, http, what, time.monotonic() - began)
        return PlainTextResponse("")

    return router


async def _known(channels: KnownChannels, platform: str, channel_id: str) -> Known:
    try:
        return await channels.find(platform, UUID(channel_id))
    except ValueError:
        raise NotFound(
            f"{channel_id[:80]!r} is no channel's id.",
            mend="GET /api/v1/channels lists the channels, with the address of each one's webhook.",
        ) from None
    except Setup as broken:
        # The platform sends it again for a while: time for the operator to put that right.
        log.error("webhook_channel_unusable", channel_id=channel_id, error=str(broken))
        raise Unavailable(
            "This channel can't be used at the moment.",
            mend="The operator finds the reason in the log; send it again later.",
            retry_after=60,
        ) from broken


async def _checked(
    channels: KnownChannels, known: Known, check: Callable[[Known], Answer]
) -> tuple[Known, Answer]:
    """The channel and what the check answers; asked again where its credentials have just changed."""
    try:
        return known, check(known)
    except BadSignature:
        now = await channels.renewed(known)
        if now is None:
            raise
        return now, check(now)


def _note(
    channel_log: ChannelLog,
    known: Known,
    request: Request,
    http: HttpRequest,
    what: str,
    seconds: float,
) -> None:
    channel_log.note_in(
        known.workspace_id,
        known.channel.channel_id,
        request,
        str(http.url),
        what,
        seconds,
        known.account.credentials.values(),
    )


def _refuse(known: Known, bad: BadSignature) -> NoReturn:
    BAD_SIGNATURES.labels(known.channel.platform, bad.reason).inc()
    raise Unauthenticated(
        f"The request is not the platform's: {bad}.",
        mend="Check that the channel's credentials are those of the account that posts here.",
        code="bad_signature",
    ) from bad
