"""What LINE tells of the account, and what it is told of us."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pydantic import JsonValue
from pydantic_core import from_json

from rejoinder.channels.line.errors import words
from rejoinder.channels.line.reading import Json, record, text
from rejoinder.channels.line.send import api, bearer
from rejoinder.channels.port.adapter import Account, Checked
from rejoinder.channels.port.wire import Wire
from rejoinder.errors import Invalid, RejoinderError, Unavailable
from rejoinder.net.guard import NotSent, Posted, Unanswered

ENDPOINT: Final = "/v2/bot/channel/webhook/endpoint"
UNTRIED: Final = (
    "LINE can't be asked whether the channel secret is right:"
    " press Verify beside the webhook URL in its console to see."
)


async def asked(account: Account, wire: Wire) -> Checked:
    """Who we are, by `GET /v2/bot/info`. Raises Invalid for a wrong token or another account's, Unavailable."""
    info = _answer(await _call("GET", "/v2/bot/info", account, wire))
    user_id = text(info.get("userId"))
    if user_id is None:
        raise Unavailable("LINE's answer does not say which account the token belongs to.")
    if account.account not in (None, user_id):
        raise Invalid(
            f"This token belongs to another LINE account ({user_id}) than this channel ({account.account}).",
            mend="Issue the token in this account's channel, or connect the other account as a channel of its own.",
            where="credentials.channel_access_token",
        )
    name = text(info.get("displayName")) or user_id
    return Checked(user_id, name, (*_told(info), *await _webhook(account, wire), UNTRIED))


async def announced(account: Account, webhook_url: str, wire: Wire) -> bool:
    """`PUT /v2/bot/channel/webhook/endpoint`. Raises Invalid for an address that LINE would not take, Unavailable."""
    played = (
        urlsplit(api(account, "")).scheme == "http"
    )  # a platform played on loopback has no TLS either
    if urlsplit(webhook_url).scheme != "https" and not played:
        raise Invalid(
            f"LINE posts to https addresses only, not to {webhook_url}.",
            mend="Set REJOINDER_PUBLIC_URL to an https address that the Internet reaches.",
        )
    body: JsonValue = {"endpoint": webhook_url}
    _answer(await _call("PUT", ENDPOINT, account, wire, body))
    return True


async def _webhook(account: Account, wire: Wire) -> tuple[str, ...]:
    """Whether LINE posts anything at all; an address that nobody has set yet is nothing to tell."""
    posted = await _call("GET", ENDPOINT, account, wire)
    if posted.status == 200 and _read(posted).get("active") is False:
        return ('"Use webhook" is off: LINE posts nothing until it is switched on in its console.',)
    return ()


async def _call(
    method: str, path: str, account: Account, wire: Wire, body: JsonValue = None
) -> Posted:
    try:
        return await wire.call(method, api(account, path), headers=bearer(account), json=body)
    except (NotSent, Unanswered) as away:
        raise Unavailable(
            f"LINE could not be asked: {away}.", mend="Try again in a minute.", retry_after=60
        ) from None


def _told(info: Json) -> tuple[str, ...]:
    told = [f"LINE ID {basic}" for basic in [text(info.get("basicId"))] if basic]
    if info.get("chatMode") == "bot":
        told.append(
            "Chat is off, so LINE marks customers' messages as read by itself, and people can't answer in its app."
        )
    return tuple(told)


def _answer(posted: Posted) -> Json:
    if 200 <= posted.status < 300:
        return _read(posted)
    raise _trouble(posted)


def _trouble(posted: Posted) -> RejoinderError:
    if posted.status in (401, 403):
        return Invalid(
            f"LINE does not take the channel access token. {words(posted)}",
            mend="Issue a long-lived one under Messaging API in LINE's console, and paste it whole.",
            where="credentials.channel_access_token",
        )
    if 400 <= posted.status < 500 and posted.status != 429:
        return Invalid(words(posted), mend="Look at settings.base_url, and at what LINE says.")
    return Unavailable(words(posted), mend="Try again in a minute.", retry_after=60)


def _read(posted: Posted) -> Json:
    try:
        return record(from_json(posted.body))
    except ValueError:
        return {}
