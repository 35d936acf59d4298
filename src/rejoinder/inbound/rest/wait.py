"""Stay for the answer of a message."""

from __future__ import annotations

import asyncio
from uuid import UUID

from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.inbound.model import Incoming, Received
from rejoinder.live.bus import Bus
from rejoinder.turns.outcome.read import Outcome, outcome, without_turn

# A connection cut without a word brings no bell: the record is looked at all the same.
_LOOK_AGAIN_S = 5.0

# The newest event of whatever may end a message's waiting: one append tells of its last event alone.
_ENDINGS = frozenset(
    {
        "turn.committed",
        "turn.failed",
        "turn.cancelled",
        "conversation.handed_off",
        "conversation.closed",
        "draft.created",
        "message.sent",
        "message.deleted",
    }
)


async def await_outcome(
    db: Database,
    bus: Bus,
    workspace_id: UUID,
    conversation_id: UUID,
    message_id: UUID,
    seconds: float,
    since: int | None = None,
) -> Outcome:
    """The message's outcome as soon as it has one, `pending` after `seconds`. Leaving early cancels nothing.

    `since` is the seq of a message stored a moment ago: nobody looks for its outcome before something has happened.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    with bus.watch(conversation_id, _ENDINGS, since) as watch:
        if since is not None and not bus.closing.is_set():
            await watch.ring(min(seconds, _LOOK_AGAIN_S))
        while True:
            found = await look_up(db, workspace_id, message_id)
            left = until - loop.time()
            if found.status != "pending" or left <= 0 or bus.closing.is_set():
                return found
            await watch.ring(min(left, _LOOK_AGAIN_S))


async def look_up(db: Database, workspace_id: UUID, message_id: UUID) -> Outcome:
    """The message's outcome so far. Raises NotFound."""
    async with db.read(workspace_id) as read:
        found = await outcome(read, message_id)
    if found is None:
        raise no_message(message_id)
    return found


def no_message(message_id: UUID) -> NotFound:
    """Said of a message that is not there."""
    return NotFound(
        f"There is no message {message_id} in this workspace.",
        mend="Our UUIDs stand in the answer to your POST; your own ids need `?by=external`.",
    )


def at_first(received: Received, incoming: Incoming) -> Outcome:
    """The outcome of a message that was stored a moment ago, without a look at the database."""
    return Outcome(
        message_id=received.message_id,
        conversation_id=received.conversation_id,
        thread_key=incoming.thread_key,
        external_id=incoming.external_id,
        turn_id=received.turn_id,
        status="pending" if received.turn_id else without_turn(incoming.sender_type),
        answered_by=None,
        provider=None,
        model=None,
        reason=None,
        replies=(),
    )
