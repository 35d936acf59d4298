"""Where a page of those who wait for a person ended.

The mark holds what the list is sorted by. Looked up by id it would be another one once that conversation calls for a
person again, and what stood between would be left out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rejoinder.api.conversations.views import ConversationView
from rejoinder.conversations.model import Since
from rejoinder.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARK = re.compile(r"([0-9]{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_MICROSECOND = timedelta(microseconds=1)  # PostgreSQL's own precision: nothing is rounded

_MEND = "Give the `next` of the page before with the same `state`; leave it out to begin."


def waiting_mark(last: ConversationView) -> str:
    """As `next`: Unix microseconds and an id, which stand in an address as they are."""
    since = last.escalated_at or last.created_at
    return f"{(since - _EPOCH) // _MICROSECOND}.{last.conversation_id}"


def waiting_after(after: str | None) -> Since | None:
    """Behind whom the next page of those who wait begins. Raises Invalid for what is no mark."""
    if after is None:
        return None
    found = _MARK.fullmatch(after)
    try:
        if found:
            return Since(_EPOCH + int(found[1]) * _MICROSECOND, UUID(found[2]))
    except OverflowError:
        pass  # later than the year 9999
    raise _no_mark("is no `next` of those who wait for a person")


def listed_after(after: str | None) -> UUID | None:
    """Behind which conversation the next page of the others begins. Raises Invalid."""
    try:
        return None if after is None else UUID(after)
    except ValueError:
        raise _no_mark("is no conversation's id") from None


def _no_mark(why: str) -> Invalid:
    return Invalid(f"after: {why}.", mend=_MEND, where="after")
