"""A person answers the customer: their message is stored, sent, and the conversation is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from rejoinder.channels.text.pack import packed
from rejoinder.conversations import store as records
from rejoinder.conversations.content import Part, stored
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, Database, Tx, new_id, retry_busy
from rejoinder.errors import Conflict, MessageConflict
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.inbound.receive import EXTERNAL_ID, said
from rejoinder.outbound.queue import queue_replies
from rejoinder.outbound.sending.deliver import job as deliver
from rejoinder.outbound.store import PERSONS
from rejoinder.queue.jobs import enqueue
from rejoinder.telemetry.metrics import MESSAGES
from rejoinder.turns import store as turns
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.hands.take_over import refuse_if_held, take_over
from rejoinder.turns.model import Guard


@dataclass(frozen=True, slots=True)
class Replied:
    """The stored message; `duplicate` when it was sent before under the same id.

    A text too long for one message of its platform became several `messages`: this is the first.
    """

    message_id: UUID
    conversation_id: UUID
    seq: int
    duplicate: bool
    messages: int = 1


@dataclass(frozen=True, slots=True)
class _Said:
    agent: str
    text: str
    parts: tuple[Part, ...]

    def fingerprint(self, conversation_id: UUID) -> bytes:
        """What makes it the same message when its id comes again."""
        content = (stored(self.parts),) if self.parts else ()
        return said(conversation_id.hex, self.agent, self.text, *content)


async def reply(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    *,
    agent: str,
    text: str,
    parts: tuple[Part, ...] = (),
    external_id: str | None = None,
) -> Replied:
    """Store and send an agent's message; who writes takes the conversation over.

    `parts` is what is sent where there is more than text; `text` says the same in words. The same external id again
    returns the first result. Raises NotFound, MessageConflict for an id that was used for another message, and
    Conflict when another agent holds the conversation or it is closed.
    """

    said_by = _Said(agent, text, parts)

    async def once() -> Replied | None:
        try:
            async with db.transaction(workspace_id) as tx:
                return await _reply(tx, conversation_id, said_by, external_id)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name == EXTERNAL_ID:
                return None
            raise

    before = (db, workspace_id, conversation_id, said_by, external_id or "")
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


async def _reply(tx: Tx, conversation_id: UUID, said_by: _Said, external_id: str | None) -> Replied:
    guard, agent = await guarded(tx, conversation_id), said_by.agent
    refuse_if_held(guard, agent)
    batch = Batch(tx)
    taken = [] if guard.charge == "agent" else take_over(batch, guard, guard.seq, agent)
    messages = _messages(guard, guard.seq + len(taken) + 1, said_by, external_id)
    queue_replies(batch, sends=guard.sends, turn_id=None, at=guard.now, replies=messages)
    sent = [NewEvent(each.seq, "message.sent", _told(each)) for each in messages]
    log.append(batch, conversation_id, guard.now, [*taken, *sent])
    turns.advance(
        batch,
        conversation_id,
        messages[-1].seq,
        messages=len(messages),
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
    MESSAGES.labels("outbound", guard.platform).inc(len(messages))
    first = messages[0]
    return Replied(
        first.message_id, conversation_id, first.seq, duplicate=False, messages=len(messages)
    )


def _told(message: NewMessage) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {
        "message_id": str(message.message_id),
        "turn_id": None,
        "sender_type": "agent",
        "agent": message.sender_id,
        "kind": message.kind,
        "text": message.text,
        "model": None,
    }
    return told | ({"content": message.content} if message.content else {})


def _messages(guard: Guard, seq: int, said_by: _Said, external_id: str | None) -> list[NewMessage]:
    """What was said, as many messages as its platform takes it in; the first has the caller's id."""
    return [
        NewMessage(
            message_id=new_id(),
            conversation_id=guard.conversation_id,
            channel_id=guard.channel_id,
            seq=seq + number,
            turn_id=None,
            direction="outbound",
            sender_type="agent",
            sender_id=said_by.agent,
            kind=piece.parts[0].kind if piece.parts else "text",
            text=piece.text,
            content=stored(piece.parts),
            external_id=None if number else external_id,
            fingerprint=said_by.fingerprint(guard.conversation_id),
            waited_for=False,
            platform_time=guard.now,
            received_at=guard.now,
            metadata={},
        )
        for number, piece in enumerate(packed(guard.platform, said_by.text, said_by.parts))
    ]


async def _before(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    said_by: _Said,
    external_id: str,
) -> Replied | None:
    """What the same message became when it was sent before; None when the id is new or another message's."""
    async with db.read(workspace_id) as read:
        found = await records.conversation(read, conversation_id)
        first = await records.duplicate(read, found.channel_id, external_id) if found else None
    if first is None or first.fingerprint != said_by.fingerprint(conversation_id):
        return None
    return Replied(first.message_id, first.conversation_id, first.seq, duplicate=True)
