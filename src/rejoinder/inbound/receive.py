"""One message, one transaction: stored, given its turn, its wake-up enqueued or promised; or none of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from rejoinder.conversations import store as records
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.contacts.model import Identity, Known
from rejoinder.conversations.contacts.resolve import Changed, resolve
from rejoinder.conversations.model import HISTORY, NewMessage
from rejoinder.db import BUSY, Batch, Database, Tx, new_id, retry_busy
from rejoinder.errors import Locked, MessageConflict, NotFound, Unavailable
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.inbound.model import Incoming, Received
from rejoinder.inbound.notice import notice
from rejoinder.inbound.step import Step, asks, attached, heard, take, written_at
from rejoinder.inbound.wishes import silence, wishes
from rejoinder.media import store as media
from rejoinder.media.jobs import download
from rejoinder.queue.jobs import enqueue
from rejoinder.telemetry.logs import log as logger
from rejoinder.telemetry.metrics import DUPLICATES, MESSAGES
from rejoinder.turns import decide
from rejoinder.turns import store as turns
from rejoinder.turns.hands.close import close
from rejoinder.turns.model import Guard
from rejoinder.turns.opening import store as opening

_TRIES = 3  # a lock is waited for 700 ms each time: the caller is better told than kept


class _Closed(Exception):  # noqa: N818 - never leaves this file
    pass


class _Strangers(Exception):  # noqa: N818 - never leaves this file
    """The thread's conversation is that of another, whose number this was."""

    def __init__(self, conversation_id: UUID) -> None:
        self.conversation_id = conversation_id


_AGAIN = (asyncpg.UniqueViolationError, Changed, _Closed)

_ASKED_BACK = frozenset({"rest", "pancake"})
"""Where a caller reads our answer and can send again; platforms bring a message once."""

EXTERNAL_ID = "messages_external"
"""The index that holds a message's external id unique in its channel."""

CHANNEL = "conversations_workspace_id_channel_id_fkey"
"""The reference that holds a conversation to its channel."""


async def receive(
    db: Database, workspace_id: UUID, incoming: Incoming, tries: int = _TRIES
) -> Received:
    """Take a message in durably. When this returns, it will be answered or a person told.

    The same external id again returns the first result. Raises MessageConflict when it comes with another body, Locked
    when the bot takes no message while it makes an answer, NotFound when its channel was taken away, and Unavailable
    when the database is away or the conversation stayed locked in all `tries`; then nothing was stored.
    """

    async def once() -> Received | None:
        try:
            async with db.transaction(workspace_id) as tx:
                return await _receive(tx, incoming)
        except _Strangers as other:
            await close(
                db, workspace_id, other.conversation_id, "another customer has the name now"
            )
            raise _Closed from None
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name == EXTERNAL_ID:
                return None
            raise  # two firsts of one customer raced for its contact: the second finds the first's
        except asyncpg.ForeignKeyViolationError as gone:
            if gone.constraint_name != CHANNEL:
                raise
            raise NotFound(  # who asks knew it still: channels are remembered for seconds
                f"The channel {incoming.channel_id} was taken away.",
                mend="GET /api/v1/channels lists the workspace's channels.",
            ) from None

    try:
        received = await retry_busy(once, also=_AGAIN, tries=tries)
    except (*BUSY, *_AGAIN) as busy:
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
    known = await _known(tx, incoming)
    if known and known.merged and known.opted_out:  # the wish of one is the other's, too
        await silence(tx, known.contact_id)
    thread_key = (known and known.thread_key) or incoming.thread_key
    guard = await turns.lock_thread(tx, incoming.channel_id, thread_key)
    opened: list[NewEvent] = []
    if guard is None:
        guard, opened = await _open(tx, incoming, thread_key, known)
    if known:
        known = await _as_of_now(tx, known)
        if _strangers(guard, known, incoming):
            raise _Strangers(guard.conversation_id)
    if asks(guard, incoming) and _refuses(guard, incoming):
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
    taken = await take(batch, guard, known, incoming, message_id, seq)
    content, files = attached(incoming, message_id)
    message = _message(guard, incoming, message_id, taken, content, seq)
    records.add_message(batch, message)
    media.add(batch, files)
    turns.advance(
        batch,
        guard.conversation_id,
        taken.seq,
        messages=1 + bool(taken.notice),
        newest=min(written_at(incoming, guard.now), guard.now)
        if known
        else written_at(incoming, guard.now),
        charge=taken.charge,
        agent=_agent(guard, incoming) if taken.charge == "agent" else None,
        metadata=taken.metadata,
        loop=(0, guard.now) if incoming.sender_type == "agent" else None,
        heard=heard(guard, incoming),
    )
    told = NewEvent(
        seq,
        "message.received",
        {
            "message_id": str(message_id),
            "turn_id": str(taken.turn_id) if taken.turn_id else None,
            "sender_type": incoming.sender_type,
            "text": incoming.text,
        },
    )
    log.append(batch, guard.conversation_id, guard.now, [*opened, told, *taken.events])
    fetching = [download(tx.workspace_id, file.media_id) for file in files]
    enqueue(batch, [*taken.jobs, *fetching])
    await batch.send()
    if taken.notice:  # it takes the reply token that this message brought
        await notice(tx, guard, taken.notice)
    return Received(message_id, guard.conversation_id, taken.turn_id, seq, duplicate=False)


def _agent(guard: Guard, incoming: Incoming) -> str:
    return guard.agent or incoming.sender_name or incoming.sender_id


async def _known(tx: Tx, incoming: Incoming) -> Known | None:
    if not incoming.from_platform:
        return None
    names, shown = incoming.identities, incoming.sender_name
    if incoming.group:  # the thread is nobody's: its contact stands for all who write there
        names, shown = (Identity("group", incoming.thread_key),), None
    known = await resolve(tx, incoming.channel_id, names, shown)
    if wishes(incoming) is None:
        return known
    opted_out = await contacts.lock(tx, known.contact_id)  # before any conversation's
    if opted_out is None:
        raise Changed
    return replace(known, opted_out=opted_out)


async def _as_of_now(tx: Tx, known: Known) -> Known:
    """What was read of the contact before the conversation's lock was got may be old."""
    opted_out = await contacts.opted_out(tx, known.contact_id)
    if opted_out is None:
        raise Changed
    return replace(known, opted_out=opted_out)


def _strangers(guard: Guard, known: Known, incoming: Incoming) -> bool:
    asked = incoming.sender_type == "customer" and not incoming.group
    return asked and guard.contact_id != known.contact_id


def _refuses(guard: Guard, incoming: Incoming) -> bool:
    # A platform has delivered the message and will not bring it again: there it queues.
    return incoming.platform in _ASKED_BACK and decide.rejects(
        guard.policy, guard.waiting, guard.running
    )


async def _open(
    tx: Tx, incoming: Incoming, thread_key: str, known: Known | None
) -> tuple[Guard, list[NewEvent]]:
    channel_id = incoming.channel_id
    if (
        known and known.thread_key
    ):  # it was there a moment ago: it has another key now, or was closed
        raise _Closed
    if known and await contacts.lock(tx, known.contact_id) is None:
        raise Changed  # else a conversation would be left with a contact that is another's by now
    made = await opening.open_thread(
        tx,
        channel_id,
        thread_key,
        incoming.sender_id,
        incoming.sender_name,
        known.contact_id if known else None,
    )
    if made:
        return made, [NewEvent(made.seq + 1, "conversation.opened", {"thread_key": thread_key})]
    guard = await turns.lock_thread(tx, channel_id, thread_key)
    if guard is None:  # someone else's was there a moment ago and has just been closed: begin again
        raise _Closed
    return guard, []


async def _again(db: Database, workspace_id: UUID, incoming: Incoming) -> Received:
    async with db.read(workspace_id) as read:
        first = await records.duplicate(read, incoming.channel_id, incoming.external_id or "")
    same = first is not None and first.fingerprint == fingerprint(incoming)
    if first is not None and not same and incoming.from_platform:
        # Nobody reads our answer there, and the first one stands: platforms tell of changes by events of their own.
        logger.warning(
            "message_id_again", channel_id=str(incoming.channel_id), id=incoming.external_id
        )
        same = True
    if first is None or not same:
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
    guard: Guard,
    incoming: Incoming,
    message_id: UUID,
    taken: Step,
    content: list[JsonValue],
    seq: int,
) -> NewMessage:
    return NewMessage(
        message_id=message_id,
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=seq,
        turn_id=taken.turn_id,
        direction="inbound" if incoming.sender_type == "customer" else "outbound",
        sender_type=incoming.sender_type,
        sender_id=incoming.sender_id,
        kind=_kind(incoming),
        text=incoming.text,
        content=content,
        external_id=incoming.external_id,
        fingerprint=fingerprint(incoming),
        waited_for=incoming.waits,
        platform_time=written_at(incoming, guard.now),
        received_at=guard.now,
        metadata=incoming.metadata | ({HISTORY: True} if taken.history else {}),
    )


def _kind(incoming: Incoming) -> str:
    first = incoming.content[0] if incoming.content else None
    return str(first["kind"]) if isinstance(first, dict) else "text"
