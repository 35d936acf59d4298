"""What Meta's errors mean for a message: one table for answers to a send and for receipts that say `failed`.

The codes are Meta's ("Error codes"; pywa 4.5 lists the same); what to do about each is our own choice, and
docs/channels/whatsapp_cloud.md tells it in words.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from rejoinder.channels.meta.graph import GraphError, refusal
from rejoinder.channels.port.event import Failure
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    RecipientThrottled,
    Refused,
    Throttled,
    Unsure,
    WindowClosed,
)
from rejoinder.net.guard import Posted
from rejoinder.net.retry_after import retry_after

Class: TypeAlias = Literal[Failure, "no_retry"]
"""A Failure, or `no_retry`: it may pass in hours or days, and asking again sooner makes it worse."""

_CLASSES: Final[dict[int, Class]] = {
    # It passes: try again.
    1: "transient",
    2: "transient",
    131000: "transient",
    131016: "transient",
    131057: "transient",
    133016: "transient",
    135000: "transient",
    # Too much at once: for the number, or for one customer.
    4: "throttled",
    80007: "throttled",
    130429: "throttled",
    131056: "recipient_throttled",
    # Limits that last: spam, Meta's care for customers, an experiment, the messaging limit.
    130472: "no_retry",
    131048: "no_retry",
    131049: "no_retry",
    131064: "no_retry",
    # More than 24 hours since the customer wrote.
    131047: "window_closed",
    # This message will never be taken.
    100: "permanent",
    130497: "permanent",
    131008: "permanent",
    131009: "permanent",
    131021: "permanent",
    131026: "permanent",
    131030: "permanent",
    131050: "permanent",
    131051: "permanent",
    131052: "permanent",
    131053: "permanent",
    131062: "permanent",
    132000: "permanent",
    132001: "permanent",
    132005: "permanent",
    132007: "permanent",
    132008: "permanent",
    132012: "permanent",
    132015: "permanent",
    132016: "permanent",
    137000: "permanent",
    # Nothing leaves until a person mends it: token, permission, billing, registration, a blocked account.
    0: "credential",
    3: "credential",
    10: "credential",
    190: "credential",
    368: "credential",
    131005: "credential",
    131031: "credential",
    131042: "credential",
    131045: "credential",
    **dict.fromkeys(range(200, 300), "credential"),
}

_TRIES: Final = {131000: 2, 135000: 1}
"""Errors without a reason: after so many tries another one has not helped."""

_NO_SUCH_NODE: Final = (100, 33)
"""Code and subcode: the phone number ID is none, or the token may not use it. Every message would get the same."""

_PAIR_SECONDS: Final = 6.0  # one message in 6 s to one customer; each further refusal doubles it
_PAIR_LONGEST: Final = 600.0

_TOO_MANY, _UNAUTHORIZED, _FORBIDDEN = 429, 401, 403


def class_of(error: GraphError) -> Class | None:
    """The class of an error; None for a code that is not in the table and of which Meta does not say that it passes."""
    if (error.code, error.subcode) == _NO_SUCH_NODE:
        return "credential"
    found = _CLASSES.get(error.code)
    return "transient" if found is None and error.transient else found


def failure(error: GraphError) -> Failure:
    """What became of a message whose receipt says `failed` with this error; an unknown one is permanent."""
    found = class_of(error)
    return "permanent" if found is None or found == "no_retry" else found


def receipt(posted: Posted, attempt: int, now: datetime | None = None) -> Receipt:
    """What an answer other than 2xx means; `attempt` counts the tries that count, from 1.

    An error of Meta's own, with a code, is the API's verdict: it took nothing, whatever the status, and the code says
    whether to try again. A 5xx without one was written by something before the API (an edge, a proxy) that may have
    handed the request on, and WhatsApp does not know a message it gets twice: so it is unsure.
    """
    error = refusal(posted)
    asked = retry_after(posted.headers, now or datetime.now(UTC))
    if error is None:
        return _bare(posted, asked)
    found = class_of(error)
    if found is None:
        return _unknown(posted, error, asked)
    return _classed(error, found, attempt, asked)


def _classed(error: GraphError, found: Class, attempt: int, asked: float | None) -> Receipt:
    told = str(error)
    match found:
        case "transient":
            if attempt > _TRIES.get(error.code, attempt):
                return Refused(f"{told}, {attempt} times")
            return NotTaken(told, asked)
        case "throttled":
            return Throttled(told, asked)
        case "recipient_throttled":
            return RecipientThrottled(told, max(asked or 0.0, _pair_pause(attempt)))
        case "window_closed":
            return WindowClosed(told)
        case "credential":
            return BadCredential(told)
        case "permanent":
            return Refused(told)
        case "no_retry":
            return Refused(
                f"{told}. Trying again soon would not help: wait a day, and see the number's quality"
            )


def _unknown(posted: Posted, error: GraphError, asked: float | None) -> Receipt:
    if posted.status >= 500:
        return Unsure(f"{error}, with status {posted.status}")
    if posted.status == _TOO_MANY:
        return Throttled(str(error), asked)
    if posted.status in (_UNAUTHORIZED, _FORBIDDEN):
        return BadCredential(str(error))
    return Refused(str(error))


def _bare(posted: Posted, asked: float | None) -> Receipt:
    told = f"Meta answered {posted.status} and said no more"
    if posted.status == _TOO_MANY:
        return Throttled(told, asked)
    if posted.status in (_UNAUTHORIZED, _FORBIDDEN):
        return BadCredential(told)
    if posted.status >= 500:
        return Unsure(told)
    return NotTaken(told, asked) if posted.status < 400 else Refused(told)


def _pair_pause(attempt: int) -> float:
    return float(min(_PAIR_SECONDS * 2.0 ** min(attempt - 1, 10), _PAIR_LONGEST))
