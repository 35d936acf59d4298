"""What LINE's answers mean.

Source: LINE's OpenAPI description, ErrorResponse; LINE Developers, "Retry failed API requests"; the Messaging API
reference, "Status codes" and "Error messages".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue
from pydantic_core import from_json

from rejoinder.channels.line.reading import Json, record, records, text
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.net.guard import Posted
from rejoinder.net.retry_after import retry_after

ACCEPTED: Final = "x-line-accepted-request-id"

_ACCEPTED_BEFORE: Final = 409
_LATER: Final = frozenset({408, 409, 425})  # 409 in words that are not LINE's


class Unsendable(Exception):  # noqa: N818 - an answer, not a fault
    """LINE has no form for a message, or would not take it; the words say why."""


def taken(posted: Posted) -> Taken | None:
    """What was sent, by its ids; None where this is no answer that says so, as a proxy's page with 200.

    409 answers a retry key that was accepted before; it names what was sent then.
    """
    answer = _json(posted)
    known = posted.status == _ACCEPTED_BEFORE and (
        ACCEPTED in posted.headers or "message" in answer
    )
    if not known and not (posted.status == 200 and "sentMessages" in answer):
        return None
    ids = [text(each.get("id")) for each in records(answer.get("sentMessages"))]
    noted: dict[str, JsonValue] = {}
    if request_id := posted.headers.get(ACCEPTED) or posted.headers.get("x-line-request-id"):
        noted["line_request_id"] = request_id
    return Taken(noted or None, tuple(each for each in ids if each))


def invalid_token(posted: Posted) -> bool:
    """Whether a reply was refused for its token, which is too old or was used: nothing was sent."""
    if posted.status != 400:
        return False
    answer = _json(posted)
    named = {text(each.get("property")) for each in records(answer.get("details"))}
    return "reply token" in (text(answer.get("message")) or "").lower() or "replyToken" in named


def refused(posted: Posted, *, repeats: bool) -> Receipt:
    """What an answer says that is no success. `repeats`: LINE would know the request again by its retry key."""
    error, asked = words(posted), retry_after(posted.headers, datetime.now(UTC))
    match posted.status:
        case 401 | 403 if "message" in _json(posted):  # else a proxy's: the token may be right
            return BadCredential(error)
        case 401 | 403:
            return NotTaken(error)
        case 429 if "monthly" in error.lower():
            # Only pushes are counted: to stop the channel would stop the free replies as well.
            return Refused(
                f"{error} Raise the plan in LINE Official Account Manager, then send it again."
            )
        case 429:
            return Throttled(error, asked)
        case status if (status >= 500 or status < 300) and not repeats:
            return Unsure(error)  # it may have been delivered, says "Retry failed API requests"
        case status if status >= 500 or status in _LATER or status < 400:
            return NotTaken(error, asked)
        case _:
            return Refused(error)


def words(posted: Posted) -> str:
    """An answer that is an error, in LINE's words."""
    answer = _json(posted)
    said = text(answer.get("message")) or "no reason given"
    details = [
        ": ".join(filter(None, (text(each.get("property")), text(each.get("message")))))
        for each in records(answer.get("details"))
    ]
    told = "; ".join((said, *filter(None, details)))[:600]
    return f"LINE answered {posted.status}: {told.rstrip('.')}."


def _json(posted: Posted) -> Json:
    try:
        return record(from_json(posted.body))
    except ValueError:
        return {}
