"""One message leaves: as a reply, which is free, or pushed, which is counted and paid for.

Source: LINE's OpenAPI description, replyMessage and pushMessage; LINE Developers, "Retry failed API requests": a push
with a retry key is carried out once, however often it comes within 24 hours; a reply with one is refused with 400.
"""

from __future__ import annotations

import re
import time
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.line.compose import Found, compose
from rejoinder.channels.line.errors import Unsendable, invalid_token, refused, taken
from rejoinder.channels.line.form.action import Object
from rejoinder.channels.line.form.audio import duration_ms
from rejoinder.channels.line.form.fit import address
from rejoinder.channels.line.webhook.parse import USER
from rejoinder.channels.port.adapter import Account, Files
from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt, Refused, Unsure
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import File, Part
from rejoinder.errors import Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Unanswered

BASE_URL: Final = "https://api.line.me"
TIMEOUT_S = 15.0
WHOLE_S = 18.0
"""A reply that LINE refuses, and the push after it: a sender that is silent for 20 s is taken for dead."""

RETRY_KEY: Final = "X-Line-Retry-Key"

_LEAST_S: Final = 1.0  # a reply token that dies on the way costs a request
_CHAT: Final = re.compile(r"[UCR][0-9a-f]{32}")  # a user, a group, a room


async def send(
    account: Account, outgoing: Outgoing, parts: tuple[Part, ...], wire: Wire, files: Files
) -> Receipt:
    """Reply while there is a token for it; push without one, or when LINE says that it takes that token no more."""
    until = time.monotonic() + WHOLE_S
    try:
        found = await _looked_up(parts, files, account.setting("video_preview_url", ""))
        messages: list[JsonValue] = [*compose(parts, found)]
    except Unsendable as never:
        return Refused(str(never))
    except Unavailable as away:  # our own files
        return NotTaken(str(away), away.retry_after)
    if outgoing.reply_token and outgoing.reply_token_s > _LEAST_S:
        body: Object = {"replyToken": outgoing.reply_token, "messages": messages}
        replied = await _reply(account, body, wire)
        if replied is not None:
            return replied
    pushed: Object = {"to": _recipient(outgoing), "messages": messages}
    return await _push(account, pushed, outgoing, wire, until)


def bearer(account: Account) -> dict[str, str]:
    """The header that says who we are."""
    return {"Authorization": f"Bearer {account.credentials.get('channel_access_token', '')}"}


def api(account: Account, path: str) -> str:
    """The address of a call."""
    return account.setting("base_url", BASE_URL).rstrip("/") + path


async def _reply(account: Account, body: Object, wire: Wire) -> Receipt | None:
    """None when nothing was sent because the token is too old, or was used before."""
    try:
        posted = await wire.call(
            "POST",
            api(account, "/v2/bot/message/reply"),
            headers=bearer(account),
            json=body,
            timeout=TIMEOUT_S,
        )
    except Forbidden as private:
        return Refused(str(private))
    except NotSent as failed:
        return NotTaken(str(failed))
    except Unanswered as lost:
        return Unsure(str(lost))
    if invalid_token(posted):
        return None
    return taken(posted) or refused(posted, repeats=False)


async def _push(
    account: Account, body: Object, outgoing: Outgoing, wire: Wire, until: float
) -> Receipt:
    """The retry key goes along from the first try on; LINE takes it for nothing that it has not seen then."""
    try:
        posted = await wire.call(
            "POST",
            api(account, "/v2/bot/message/push"),
            headers=bearer(account) | {RETRY_KEY: str(outgoing.delivery_id)},
            json=body,
            timeout=min(TIMEOUT_S, max(until - time.monotonic(), 1.0)),
        )
    except Forbidden as private:
        return Refused(str(private))
    except (NotSent, Unanswered) as lost:
        return NotTaken(str(lost))
    return taken(posted) or refused(posted, repeats=True)


def _recipient(outgoing: Outgoing) -> str:
    """The chat; for a conversation that was begun here under a name of ours, the customer's id."""
    if _CHAT.fullmatch(outgoing.thread_key):
        return outgoing.thread_key
    return outgoing.identities.get(USER, outgoing.thread_key)


async def _looked_up(parts: tuple[Part, ...], files: Files, still: str) -> Found:
    """Our own files' addresses, and how long recordings are. Raises Unsendable."""
    addresses: dict[str, str] = {}
    durations: dict[str, int] = {}
    for part in parts:
        if not isinstance(part, File) or part.media_id is None:
            continue
        url = await files.url(part.media_id)
        if url is None or address(url) is None:
            raise Unsendable(
                f"LINE fetches the {part.kind} from us, and only by https: set REJOINDER_PUBLIC_URL"
                " to an https address that the Internet reaches"
            )
        addresses[part.media_id] = url
        if part.kind == "audio" and (recorded := await files.read(part.media_id)) is not None:
            length = duration_ms(recorded[0])
            if length is not None:
                durations[part.media_id] = length
    return Found(addresses, durations, address(still) if still else None)
