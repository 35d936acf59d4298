"""A person answers the customer: their message is stored, sent, and the conversation is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.conversations import store as records
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, Database, Tx, new_id, retry_busy
from rejoinder.errors import Conflict, MessageConflict
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.inbound.receive import EXTERNAL_ID, said
from rejoinder.outbound.deliver import job as deliver
from rejoinder.outbound.queue import queue_replies
from rejoinder.outbound.store import PERSONS
from rejoinder.queue.jobs import enqueue
from rejoinder.telemetry.metrics import MESSAGES
from rejoinder.turns import store as turns
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.hands.take_over import refuse_if_held, take_over
from rejoinder.turns.model import Guard


@dataclass(frozen=True, slots=True)
class Replied:
    """The stored message; `duplicate` when it was sent before under the same id."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    duplicate: bool


async def reply(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    *,
    agent: str,
    text: str,
    external_id: str | None = None,
) -> Replied:
    """Store and send an agent's message; who writes takes the conversation over.

    The same external id again returns the first result. Raises NotFound, MessageConflict for an id that was used for
    another message, and Conflict when another agent holds the conversation or it is closed.
    """

    async def once() -> Replied | None:
        try:
            async with db.transaction(workspace_id) as tx:
                return await _reply(tx, conversation_id, agent, text, external_id)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name == EXTERNAL_ID:
                return None
            raise

    before = (db, workspace_id, conversation_id, agent, text, external_id or "")
    try:
        replied = await retry_busy(once)
    except Conflict:
        first = await _before(*before)  # it was taken while the conversation was open, and theirs
        if first is None:
            raise
        return first
    replied = replied or await _before(*before)
    if replied is None:
        raise MessageConflict(
            f"message_id {external_id!r} was already used in this channel for another message.",
            mend="Give each message its own message_id; send the same one only to repeat the same message.",
            where="message_id",
        )
    return replied


async def _reply(
    tx: Tx, conversation_id: UUID, agent: str, text: str, external_id: str | None
) -> Replied:
    guard = await guarded(tx, conversation_id)
    refuse_if_held(guard, agent)
    batch = Batch(tx)
    taken = [] if guard.charge == "agent" else take_over(batch, guard, guard.seq, agent)
    message = _message(guard, guard.seq + len(taken) + 1, agent, text, external_id)
    queue_replies(batch, sends=guard.sends, turn_id=None, at=guard.now, replies=[message])
    told = {
        "message_id": str(message.message_id),
        "turn_id": None,
        "sender_type": "agent",
        "agent": agent,
        "kind": "text",
        "text": text,
        "model": None,
    }
    log.append(
        batch, conversation_id, guard.now, [*taken, NewEvent(message.seq, "message.sent", {**told})]
    )
    turns.advance(
        batch,
        conversation_id,
        message.seq,
        messages=1,
        newest=guard.now,
        charge="agent",
        agent=agent,
        loop=(0, guard.now),
        replied=True,
    )
    if guard.sends:
        following = deliver(tx.workspace_id, conversation_id, guard.platform, priority=PERSONS)
        enqueue(batch, [following])
    await batch.send()
    MESSAGES.labels("outbound", guard.platform).inc()
    return Replied(message.message_id, conversation_id, message.seq, duplicate=False)


def _message(guard: Guard, seq: int, agent: str, text: str, external_id: str | None) -> NewMessage:
    return NewMessage(
        message_id=new_id(),
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=seq,
        turn_id=None,
        direction="outbound",
        sender_type="agent",
        sender_id=agent,
        kind="text",
        text=text,
        content=[],
        external_id=external_id,
        fingerprint=said(guard.conversation_id.hex, agent, text),
        waited_for=False,
        platform_time=guard.now,
        received_at=guard.now,
        metadata={},
    )


async def _before(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    agent: str,
    text: str,
    external_id: str,
) -> Replied | None:
    """What the same message became when it was sent before; None when the id is new or another message's."""
    async with db.read(workspace_id) as read:
        found = await records.conversation(read, conversation_id)
        first = await records.duplicate(read, found.channel_id, external_id) if found else None
    if first is None or first.fingerprint != said(conversation_id.hex, agent, text):
        return None
    return Replied(first.message_id, first.conversation_id, first.seq, duplicate=True)
