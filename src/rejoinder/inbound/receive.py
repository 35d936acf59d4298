"""One message, one transaction: stored, given its turn, its wake-up enqueued; or none of it."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from uuid import UUID

import asyncpg

from rejoinder.conversations import store as records
from rejoinder.conversations.model import HISTORY, NewMessage
from rejoinder.db import BUSY, Batch, Database, Tx, new_id, retry_busy
from rejoinder.errors import Locked, MessageConflict, Unavailable
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.inbound.model import Incoming, Received
from rejoinder.queue.jobs import enqueue
from rejoinder.telemetry.metrics import DUPLICATES, MESSAGES
from rejoinder.turns import decide
from rejoinder.turns import store as turns
from rejoinder.turns.hands.take_over import take_over
from rejoinder.turns.model import Guard
from rejoinder.turns.schedule import Scheduled, schedule

_TRIES = 3  # a lock is waited for 700 ms each time: the caller is better told than kept


class _Closed(Exception):  # noqa: N818 - never leaves this file
    pass


_ASKED_BACK = frozenset({"rest", "pancake"})
"""Where a caller reads our answer and can send again; platforms bring a message once."""

EXTERNAL_ID = "messages_external"
"""The index that holds a message's external id unique in its channel."""


async def receive(db: Database, workspace_id: UUID, incoming: Incoming) -> Received:
    """Take a message in durably. When this returns, it will be answered or a person told.

    The same external id again returns the first result. Raises MessageConflict when it comes with another body, Locked
    when the bot takes no message while it makes an answer, and Unavailable when the database is away or the
    conversation stayed locked; then nothing was stored.
    """

    async def once() -> Received | None:
        try:
            async with db.transaction(workspace_id) as tx:
                return await _receive(tx, incoming)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name == EXTERNAL_ID:
                return None
            raise  # two firsts of one customer raced for its contact: the second finds the first's

    try:
        received = await retry_busy(
            once, also=(asyncpg.UniqueViolationError, _Closed), tries=_TRIES
        )
    except (*BUSY, asyncpg.UniqueViolationError, _Closed) as busy:
        raise Unavailable(
            "The conversation is locked by other work.",
            mend="Nothing was stored; send the message again.",
            retry_after=1,
        ) from busy
    if received is None:
        DUPLICATES.inc()
        return await _again(db, workspace_id, incoming)
    MESSAGES.labels("inbound", incoming.platform).inc()
    return received


async def _receive(tx: Tx, incoming: Incoming) -> Received | None:
    guard = await turns.lock_thread(tx, incoming.channel_id, incoming.thread_key)
    opened: list[NewEvent] = []
    if guard is None:
        guard, opened = await _open(tx, incoming)
    elif _asks(guard, incoming) and _refuses(guard, incoming):
        if incoming.external_id and await records.duplicate(
            tx, incoming.channel_id, incoming.external_id
        ):
            return None  # its first time was taken
        raise Locked(
            "An answer is being made in this conversation, and its bot takes no message meanwhile.",
            mend="Send the message again when the answer is there; nothing was stored.",
        )
    seq = guard.seq + len(opened) + 1
    message_id = new_id()
    batch = Batch(tx)
    scheduled = _schedule(batch, guard, seq, incoming)
    records.add_message(batch, _message(guard, incoming, message_id, scheduled.turn_id, seq))
    turns.advance(
        batch,
        guard.conversation_id,
        scheduled.seq,
        messages=1,
        newest=incoming.platform_time or guard.now,
        charge="agent" if incoming.sender_type == "agent" else None,
        agent=guard.agent or _agent(incoming),
        loop=(0, guard.now) if incoming.sender_type == "agent" else None,
    )
    told = NewEvent(
        seq,
        "message.received",
        {
            "message_id": str(message_id),
            "turn_id": str(scheduled.turn_id) if scheduled.turn_id else None,
            "sender_type": incoming.sender_type,
            "text": incoming.text,
        },
    )
    log.append(batch, guard.conversation_id, guard.now, [*opened, told, *scheduled.events])
    enqueue(batch, scheduled.jobs)
    await batch.send()
    return Received(message_id, guard.conversation_id, scheduled.turn_id, seq, duplicate=False)


def _refuses(guard: Guard, incoming: Incoming) -> bool:
    # A platform has delivered the message and will not bring it again: there it queues.
    return incoming.platform in _ASKED_BACK and decide.rejects(
        guard.policy, guard.waiting, guard.running
    )


async def _open(tx: Tx, incoming: Incoming) -> tuple[Guard, list[NewEvent]]:
    channel_id, thread_key = incoming.channel_id, incoming.thread_key
    made = await turns.open_thread(
        tx, channel_id, thread_key, incoming.sender_id, incoming.sender_name
    )
    if made:
        return made, [NewEvent(made.seq + 1, "conversation.opened", {"thread_key": thread_key})]
    guard = await turns.lock_thread(tx, channel_id, thread_key)
    if guard is None:  # someone else's was there a moment ago and has just been closed: begin again
        raise _Closed
    return guard, []


def _schedule(batch: Batch, guard: Guard, seq: int, incoming: Incoming) -> Scheduled:
    if incoming.sender_type == "agent":
        if guard.charge == "agent":
            return Scheduled(None, [], [], seq)
        events = take_over(batch, guard, seq, _agent(incoming))
        return Scheduled(None, events, [], seq + len(events))
    if not _asks(guard, incoming):
        return Scheduled(None, [], [], seq)  # history, or a person's business
    quiet = timedelta(0) if incoming.waits else None
    return schedule(batch, guard, seq, quiet, incoming.priority)


def _asks(guard: Guard, incoming: Incoming) -> bool:
    return incoming.sender_type == "customer" and not incoming.history and guard.bot_answers


def _agent(incoming: Incoming) -> str:
    return incoming.sender_name or incoming.sender_id


async def _again(db: Database, workspace_id: UUID, incoming: Incoming) -> Received:
    async with db.read(workspace_id) as read:
        first = await records.duplicate(read, incoming.channel_id, incoming.external_id or "")
    if first is None or first.fingerprint != fingerprint(incoming):
        raise MessageConflict(
            f"message_id {incoming.external_id!r} was already used in this channel for another message.",
            mend="Give each message its own message_id; send the same one only to repeat the same message.",
            where="message_id",
        )
    return Received(
        first.message_id, first.conversation_id, first.turn_id, first.seq, duplicate=True
    )


def fingerprint(incoming: Incoming) -> bytes:
    """SHA-256 of what was said, by whom and where: what must be the same when a message_id comes again."""
    return said(
        incoming.thread_key,
        incoming.sender_type,
        incoming.sender_id,
        incoming.text,
        incoming.content,
        incoming.platform_time.timestamp() if incoming.platform_time else None,
        incoming.metadata,
    )


def said(*what: object) -> bytes:
    """SHA-256 of what makes a message the same when its id comes again."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).digest()


def _message(
    guard: Guard, incoming: Incoming, message_id: UUID, turn_id: UUID | None, seq: int
) -> NewMessage:
    return NewMessage(
        message_id=message_id,
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=seq,
        turn_id=turn_id,
        direction="inbound" if incoming.sender_type == "customer" else "outbound",
        sender_type=incoming.sender_type,
        sender_id=incoming.sender_id,
        kind=_kind(incoming),
        text=incoming.text,
        content=incoming.content,
        external_id=incoming.external_id,
        fingerprint=fingerprint(incoming),
        waited_for=incoming.waits,
        platform_time=incoming.platform_time or guard.now,
        received_at=guard.now,
        metadata=incoming.metadata | ({HISTORY: True} if incoming.history else {}),
    )


def _kind(incoming: Incoming) -> str:
    first = incoming.content[0] if incoming.content else None
    return str(first["kind"]) if isinstance(first, dict) else "text"
