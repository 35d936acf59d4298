"""What Telegram tells of the bot, and what it is told of us.

Source: Bot API, getMe, getWebhookInfo, setWebhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import JsonValue

from rejoinder.channels.port.adapter import Account, Checked
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.api import answer, ask, base, redact
from rejoinder.channels.telegram.errors import words
from rejoinder.channels.telegram.parse.reading import Json, key, moment, record, text, whole
from rejoinder.errors import Invalid, RejoinderError, Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Posted, Unanswered

PORTS: Final = frozenset({443, 80, 88, 8443})
CONNECTIONS: Final = 40
UPDATES: Final = (
    *("message", "edited_message", "callback_query", "message_reaction", "my_chat_member"),
    *("business_connection", "business_message", "edited_business_message"),
    "deleted_business_messages",
)
"""What is posted to us. Reactions come only where they are asked for, and only from chats the bot administers."""


async def asked(account: Account, wire: Wire) -> Checked:
    """Who we are, by `getMe`. Raises Invalid for a wrong token or another bot's, Unavailable."""
    me = await _call(account, "getMe", {}, wire)
    bot_id = key(me.get("id"))
    if bot_id is None:
        raise Unavailable("Telegram's answer does not say which bot the token belongs to.")
    if account.account not in (None, bot_id):
        raise Invalid(
            f"This token belongs to another bot ({bot_id}) than this channel ({account.account}).",
            mend="Give this bot's token, or connect the other bot as a channel of its own.",
            where="credentials.bot_token",
        )
    username = text(me.get("username"))
    name = f"@{username}" if username else text(me.get("first_name")) or bot_id
    learned = {"username": username} if username else {}
    return Checked(bot_id, name, (*_told(me, account), *await _webhook(account, wire)), learned)


async def announced(account: Account, webhook_url: str, wire: Wire) -> bool:
    """`setWebhook` with the secret. Raises Invalid for an address Telegram would not take, Unavailable."""
    _check_address(account, webhook_url)
    fields: dict[str, JsonValue] = {
        "url": webhook_url,
        "secret_token": account.credentials.get("secret_token", ""),
        "allowed_updates": [*UPDATES],
        "max_connections": CONNECTIONS,
    }
    await _call(account, "setWebhook", fields, wire)
    return True


def _check_address(account: Account, webhook_url: str) -> None:
    """A platform played on loopback has no TLS either, and takes any port."""
    if urlsplit(base(account)).scheme == "http":
        return
    try:
        parts = urlsplit(webhook_url)
        right = parts.scheme == "https" and (parts.port or 443) in PORTS
    except ValueError:
        right = False
    if not right:
        raise Invalid(
            f"Telegram posts to https addresses on the ports 443, 80, 88 and 8443 only, not to {webhook_url}.",
            mend="Set REJOINDER_PUBLIC_URL to such an address, that the Internet reaches.",
        )


def _told(me: Json, account: Account) -> tuple[str, ...]:
    told: list[str] = []
    if me.get("can_join_groups") is False:
        told.append("It can't be added to groups: /setjoingroups at @BotFather allows that.")
    elif me.get("can_read_all_group_messages") is False:
        told.append(
            "Privacy mode is on: in groups it sees commands, replies to it and what mentions it."
            " /setprivacy at @BotFather changes that."
        )
    username, given = text(me.get("username")), account.setting("username", "").removeprefix("@")
    if username and given and given.casefold() != username.casefold():
        told.append(
            f"Its name is {username}, not {given}: change settings.username, or groups mention it in vain."
        )
    return tuple(told)


async def _webhook(account: Account, wire: Wire) -> tuple[str, ...]:
    """What stands in the way of webhooks, by Telegram's own account; an address nobody has set yet does not."""
    info = await _call(account, "getWebhookInfo", {}, wire)
    told: list[str] = []
    error, at = text(info.get("last_error_message")), moment(info.get("last_error_date"))
    if error:
        when = f" ({at:%Y-%m-%d %H:%M} UTC)" if at else ""
        told.append(f"The last webhook that failed{when}: {redact(error)}.")
    waiting = whole(info.get("pending_update_count"))
    if waiting:
        told.append(f"{waiting} updates wait at Telegram to be posted.")
    return tuple(told)


async def _call(account: Account, method: str, fields: Mapping[str, JsonValue], wire: Wire) -> Json:
    """The result of a call. Raises Invalid or Unavailable; neither holds the address, which has the token in it."""
    try:
        posted = await ask(account, method, fields, wire)
    except Forbidden as private:
        raise Invalid(
            f"Telegram's API can't be called: {private}.",
            mend="Look at settings.base_url.",
            where="settings.base_url",
        ) from None
    except (NotSent, Unanswered) as away:
        raise Unavailable(
            f"Telegram does not answer: {away}.", mend="Try again in a minute.", retry_after=60
        ) from None
    found = answer(posted)
    if found is None or found["ok"] is not True:
        raise _trouble(posted, found)
    return record(found.get("result"))


def _trouble(posted: Posted, found: Json | None) -> RejoinderError:
    if found is None:
        return Unavailable(
            f"What answered {posted.status} was not Telegram.",
            mend="Look at settings.base_url, or try again in a minute.",
            retry_after=60,
        )
    if posted.status in (401, 404):
        return Invalid(
            f"Telegram does not know this bot token. {words(posted)}",
            mend="Copy it whole from @BotFather: /mybots > the bot > API Token.",
            where="credentials.bot_token",
        )
    if 400 <= posted.status < 500 and posted.status != 429:
        return Invalid(words(posted), mend="Mend what Telegram names, then try again.")
    return Unavailable(words(posted), mend="Try again in a minute.", retry_after=60)
