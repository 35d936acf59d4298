"""What Telegram's answers mean.

Source: Bot API, "Making requests" and ResponseParameters; the Bots FAQ, "My bot is hitting limits".
"""

from __future__ import annotations

from typing import Final

from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.channels.telegram.api import answer
from rejoinder.channels.telegram.parse.message import named
from rejoinder.channels.telegram.parse.people import chat
from rejoinder.channels.telegram.parse.reading import Json, key, number, record, text
from rejoinder.net.guard import Posted

_UNKNOWN_TOKEN: Final = frozenset({401, 404})  # 404: no bot is called that, not: no such chat


class Unsendable(Exception):  # noqa: N818 - an answer, not a fault
    """Telegram has no form for a message, or would not take it; the words say why."""


def receipt(posted: Posted, chat_id: str) -> Receipt:
    """What an answer says of the message that was to be sent to a chat."""
    found = answer(posted)
    if found is None:
        return _not_telegram(posted)
    if found["ok"] is True and posted.status < 300:
        return _taken(record(found.get("result")), chat_id)
    error, wait = words(posted), _retry_after(posted)
    match posted.status:
        case 429 if chat_id.startswith("-"):
            # Telegram does not say which limit it was. A group's, 20 a minute, is met long before the bot's.
            return RecipientThrottled(error, wait)
        case 429:
            return Throttled(error, wait)
        case status if status in _UNKNOWN_TOKEN:
            return BadCredential(error)
        case status if status >= 500 or status < 300:
            return Unsure(error)
        case status if status < 400:
            return NotTaken(error)
        case _:
            return Refused(error)


def migrated(posted: Posted) -> str | None:
    """The new id of a group that became a supergroup: nothing was sent, and there it can be."""
    found = record((answer(posted) or {}).get("parameters"))
    return key(found.get("migrate_to_chat_id"))


def words(posted: Posted) -> str:
    """An answer that is an error, in Telegram's words."""
    found = answer(posted) or {}
    said = (text(found.get("description")) or "no reason given")[:600]
    return f"Telegram answered {posted.status}: {said.rstrip('.')}."


def _taken(found: Json, chat_id: str) -> Taken:
    message_id = key(found.get("message_id"))
    where = chat(found)
    ids = (named(where.id if where else chat_id, message_id),) if message_id else ()
    return Taken(platform_ids=ids)


def _not_telegram(posted: Posted) -> Receipt:
    """A page of a proxy's: with 2xx or 5xx nobody knows whether Telegram has seen the request."""
    error = f"What answered {posted.status} was not Telegram: is base_url right?"
    if posted.status == 413:
        return Refused(f"Something on the way answered 413: the message is too large. {error}")
    if 200 <= posted.status < 300 or posted.status >= 500:
        return Unsure(error)
    return NotTaken(error, _retry_after(posted))


def _retry_after(posted: Posted) -> float | None:
    """Seconds."""
    found = record((answer(posted) or {}).get("parameters"))
    return number(found.get("retry_after"))
