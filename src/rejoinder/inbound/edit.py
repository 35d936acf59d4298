"""A customer changes or takes back a message. While it has no answer, that counts as a new one; a draft is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rejoinder.conversations import store as records
from rejoinder.conversations.contacts import store as contacts
from rejoinder.db import Batch, Database, Tx, retry_busy
from rejoinder.errors import Conflict, NotFound
from rejoinder.events import store as log
from rejoinder.events.model import EventType, NewEvent
from rejoinder.queue.jobs import Job, enqueue
from rejoinder.turns import decide
from rejoinder.turns import store as turns
from rejoinder.turns.attempt import store as attempts
from rejoinder.turns.drafts import store as drafts
from rejoinder.turns.hands import store as hands
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.hands.store import Left
from rejoinder.turns.model import Guard, Turn
from rejoinder.turns.schedule import Scheduled, schedule, wake_waiting


@dataclass(frozen=True, slots=True)
class Edited:
    """`turn_id` is the turn that answers the message as it stands now; None when none does."""

    message_id: UUID
    turn_id: UUID | None


async def edit(
    db: Database,
    workspace_id: UUID,
    message_id: UUID,
    text: str,
    *,
    at: datetime | None = None,
    closed_too: bool = False,
) -> Edited:
    """The message says `text` now. One whose answer was not committed yet is answered as it stands now.

    `at` is when the platform says it was changed: one that is not newer than the last changes nothing. With
    `closed_too` the text of a closed conversation's message is changed, and nothing else.

    Raises NotFound, and Conflict for one that a customer did not write, that was deleted, or whose conversation is
    closed.
    """

    async def once() -> Edited:
        async with db.transaction(workspace_id) as tx:
            guard, live, ended = await _find(tx, message_id, closed_too)
            if not await records.change_text(
                tx, message_id, text, unanswered=live is not None, at=at
            ):
                if at is not None:
                    return Edited(message_id, None)
                raise Conflict("This message was deleted.", code="message_deleted")
            batch = Batch(tx)
            left = (
                Left([message_id], live.priority) if live else await _drafted(batch, guard, ended)
            )
            seq, events, jobs = guard.seq, list[NewEvent](), list[Job]()
            turn_id = None
            if left is not None:
                scheduled = _asks_again(batch, guard, left)
                turn_id = scheduled.turn_id
                seq, events, jobs = scheduled.seq, scheduled.events, scheduled.jobs
            await _settle(batch, guard, seq, events, jobs, "message.edited", message_id, text)
            return Edited(message_id, turn_id)

    return await retry_busy(once)


async def delete(
    db: Database, workspace_id: UUID, message_id: UUID, *, closed_too: bool = False
) -> None:
    """The message says nothing any more; twice is the same as once.

    What is left unanswered of its turn is answered without it, where the answer may still be stopped; a turn with
    nothing left is cancelled. Raises as `edit` does.
    """

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            guard, live, ended = await _find(tx, message_id, closed_too)
            if not await records.take_back(tx, message_id, unanswered=live is not None):
                return
            batch = Batch(tx)
            left = None if live else await _drafted(batch, guard, ended)
            seq, events, jobs = guard.seq, list[NewEvent](), list[Job]()
            if left is not None:
                scheduled = _asks_again(batch, guard, left)
                seq, events, jobs = scheduled.seq, scheduled.events, scheduled.jobs
            elif live is not None and not await attempts.has_messages(tx, live.turn_id):
                turns.stop(batch, live, "cancelled", "its messages were deleted")
                seq += 1
                events = [NewEvent(seq, "turn.cancelled", {"turn_id": str(live.turn_id)})]
                jobs = wake_waiting(workspace_id, guard, live.turn_id)
            elif live is not None and _stoppable(guard, live):
                scheduled = schedule(batch, guard, seq, priority=live.priority)
                seq, events, jobs = scheduled.seq, scheduled.events, scheduled.jobs
            await _settle(batch, guard, seq, events, jobs, "message.deleted", message_id, "")

    return await retry_busy(once)


async def _find(
    tx: Tx, message_id: UUID, closed_too: bool
) -> tuple[Guard, Turn | None, UUID | None]:
    """The message's conversation under lock; its turn if that is live and the bot answers, the id of one that ended."""
    found = await hands.subject(tx, message_id)
    if found is None:
        raise NotFound(
            f"There is no message {message_id} in this workspace.",
            mend="Our UUIDs stand in the answer to your POST; your own ids need `?by=external`.",
        )
    if found.direction != "inbound":
        raise Conflict(
            "Only what a customer wrote can be changed here.", code="not_a_customers_message"
        )
    guard = await guarded(tx, found.conversation_id, closed_too=closed_too)
    found = await hands.subject(tx, message_id)  # as it is under the lock
    turn_id = found.turn_id if found else None
    live = guard.turn(turn_id) if turn_id else None
    return guard, live if guard.bot_answers else None, None if live else turn_id


async def _drafted(batch: Batch, guard: Guard, ended: UUID | None) -> Left | None:
    """What was only drafted for it is kept back; its messages as they are now, where the bot is to draft again."""
    if ended is None:
        return None
    was_open = await drafts.is_open(batch.tx, ended)
    drafts.outdate(batch, guard.conversation_id, ended)
    if not was_open or not guard.bot_answers:
        return None
    if await contacts.opted_out(batch.tx, guard.contact_id):
        return None
    left = await hands.again(batch.tx, guard.conversation_id, ended, None)
    return left if left.message_ids else None


def _asks_again(batch: Batch, guard: Guard, left: Left) -> Scheduled:
    """A turn for messages that have no answer, or no longer."""
    scheduled = schedule(batch, guard, guard.seq, priority=left.priority)
    if scheduled.turn_id is not None:
        hands.adopt(batch, guard.conversation_id, scheduled.turn_id, left.message_ids)
    return scheduled


def _stoppable(guard: Guard, live: Turn) -> bool:
    return live.state == "waiting" or decide.interrupts(guard.now, guard.policy, live)


async def _settle(
    batch: Batch,
    guard: Guard,
    seq: int,
    events: list[NewEvent],
    jobs: list[Job],
    kind: EventType,
    message_id: UUID,
    text: str,
) -> None:
    told = NewEvent(seq + 1, kind, {"message_id": str(message_id), "text": text})
    turns.advance(batch, guard.conversation_id, told.seq)
    log.append(batch, guard.conversation_id, guard.now, [*events, told])
    enqueue(batch, jobs)
    await batch.send()
