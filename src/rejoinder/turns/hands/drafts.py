"""A person sends what the bot has drafted, as it stands or in better words, or throws it away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from rejoinder.actions import store as actions
from rejoinder.actions.collect import Collecting, Kept
from rejoinder.actions.parts import told_with
from rejoinder.actions.record import rows
from rejoinder.actions.settle import settle
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.content import stored
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, Database, Tx, new_id, retry_busy
from rejoinder.errors import Conflict, Invalid, NotFound
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.outbound.queue import queue_replies
from rejoinder.outbound.sending.deliver import job as deliver
from rejoinder.outbound.store import PERSONS
from rejoinder.queue.jobs import enqueue
from rejoinder.telemetry.metrics import MESSAGES
from rejoinder.turns import store as turns
from rejoinder.turns.drafts import store
from rejoinder.turns.drafts.model import Draft
from rejoinder.turns.drafts.outgoing import Left, Outgoing, outgoing
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.model import Guard


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages that a draft went out as."""

    draft_id: UUID
    conversation_id: UUID
    message_ids: tuple[UUID, ...]


async def send(
    db: Database,
    workspace_id: UUID,
    draft_id: UUID,
    by: str,
    text: str | None = None,
    *,
    without: Collection[Left] = (),
) -> Sent:
    """Send a draft to the customer, with another `text` if one is given; the bot stays as much in charge as it was.

    Its actions are carried out as an answer's are, but for those it is sent `without`. Raises NotFound, Invalid where
    these were all it had, and Conflict for one that was settled before, whose conversation is closed, or whose customer
    wants no messages.
    """

    async def once() -> Sent:
        async with db.transaction(workspace_id) as tx:
            guard, draft = await _open(tx, draft_id)
            await _refuse_unwanted(tx, guard)
            going = _going(guard, draft, text, without)
            batch = Batch(tx)
            messages = _messages(guard, draft, going, by, edited=text is not None)
            queue_replies(
                batch, sends=guard.sends, turn_id=draft.turn_id, at=guard.now, replies=messages
            )
            left = await _carry_out(tx, batch, guard, draft, going, messages)
            store.settle(batch, draft_id, "sent", by, messages[0].message_id)
            events = [*map(_told, messages), *_ending(messages[-1].seq, draft, going, by)]
            log.append(batch, guard.conversation_id, guard.now, events)
            turns.advance(
                batch,
                guard.conversation_id,
                events[-1].seq,
                messages=len(messages),
                newest=guard.now,
                charge="closed" if going.plan.end else None,
                loop=(0, guard.now),
                replied=True,
                collecting=left.stored() if left else None,
            )
            if guard.sends:
                enqueue(
                    batch,
                    [
                        deliver(
                            workspace_id, guard.conversation_id, guard.platform, priority=PERSONS
                        )
                    ],
                )
            await batch.send()
            MESSAGES.labels("outbound", guard.platform).inc(len(messages))
            return Sent(
                draft_id, guard.conversation_id, tuple(each.message_id for each in messages)
            )

    return await retry_busy(once)


async def discard(db: Database, workspace_id: UUID, draft_id: UUID, by: str) -> None:
    """Throw a draft away. Raises as `send` does."""

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            guard, _ = await _open(tx, draft_id)
            batch = Batch(tx)
            store.settle(batch, draft_id, "discarded", by, None)
            settled = NewEvent(
                guard.seq + 1,
                "draft.settled",
                {"draft_id": str(draft_id), "as": "discarded", "by": by},
            )
            log.append(batch, guard.conversation_id, guard.now, [settled])
            turns.advance(batch, guard.conversation_id, settled.seq)
            await batch.send()

    await retry_busy(once)


async def _open(tx: Tx, draft_id: UUID) -> tuple[Guard, Draft]:
    """An open draft, its conversation under lock."""
    found = await store.draft(tx, draft_id)
    if found is None:
        raise NotFound(
            f"There is no draft {draft_id} in this workspace.",
            mend="GET /api/v1/conversations/{id}/drafts lists a conversation's.",
        )
    guard = await guarded(tx, found.conversation_id)
    draft = await store.draft(tx, draft_id)  # what it is now that nobody else changes it
    if draft is None or draft.state != "open":
        state = draft.state if draft else "discarded"
        raise Conflict(
            f"This draft is {state}.",
            mend="Its conversation's newest draft may be open; or write the message yourself.",
            code="draft_settled",
        )
    return guard, draft


async def _refuse_unwanted(tx: Tx, guard: Guard) -> None:
    if await contacts.opted_out(tx, guard.contact_id):
        raise Conflict(
            "The customer wants no messages from us.",
            mend="A person may write to them; what the bot has drafted may go when they have opted in again.",
            code="opted_out",
        )


def _going(guard: Guard, draft: Draft, text: str | None, without: Collection[Left]) -> Outgoing:
    going = outgoing(guard.platform, draft, text, without)
    if not going.ready:
        raise Invalid(
            f"Without {', '.join(sorted(without))} nothing of this draft is left to send.",
            mend="Give a text to send instead, or discard the draft.",
            where="without",
        )
    return going


async def _carry_out(
    tx: Tx,
    batch: Batch,
    guard: Guard,
    draft: Draft,
    going: Outgoing,
    messages: Sequence[NewMessage],
) -> Collecting | None:
    """Write the actions; what the customer is asked for from now on."""
    done = rows(going.plan, going.ready, [each.message_id for each in messages])
    actions.add(batch, guard.conversation_id, draft.turn_id, done)
    kept = await store.collecting(tx, guard.conversation_id)
    before = Collecting.read(kept) if kept else None
    outcome = Kept(before, before) if before else None
    return settle(batch, guard.contact_id, outcome, going.plan, done, draft.turn_id, guard.now)


def _ending(seq: int, draft: Draft, going: Outgoing, by: str) -> list[NewEvent]:
    told: dict[str, JsonValue] = {"draft_id": str(draft.draft_id), "as": "sent", "by": by}
    settled = NewEvent(seq + 1, "draft.settled", told)
    if going.plan.end is None:
        return [settled]
    return [settled, NewEvent(seq + 2, "conversation.closed", {"by": by})]


def _messages(
    guard: Guard, draft: Draft, going: Outgoing, by: str, *, edited: bool
) -> list[NewMessage]:
    metadata: dict[str, JsonValue] = {"draft_id": str(draft.draft_id), "sent_by": by}
    if edited:
        metadata["edited"] = True
    told = told_with(going.ready, going.plan)
    return [
        NewMessage(
            message_id=new_id(),
            conversation_id=guard.conversation_id,
            channel_id=guard.channel_id,
            seq=seq,
            turn_id=draft.turn_id,
            direction="outbound",
            sender_type="ai",
            sender_id=by,
            kind=one.kind,
            text=one.text,
            content=stored(one.packed.parts) if one.packed.parts else [],
            external_id=None,
            fingerprint=None,
            waited_for=False,
            platform_time=guard.now,
            received_at=guard.now,
            metadata=metadata | ({"actions": shown} if shown else {}),
        )
        for seq, (one, shown) in enumerate(zip(going.ready, told, strict=True), guard.seq + 1)
    ]


def _told(message: NewMessage) -> NewEvent:
    told: dict[str, JsonValue] = {
        "message_id": str(message.message_id),
        "turn_id": str(message.turn_id),
        "sender_type": "ai",
        "kind": message.kind,
        "text": message.text,
        "model": None,
    }
    # Whoever shows it at once needs what is more than text, as what is to be tapped.
    return NewEvent(
        message.seq,
        "message.sent",
        told | ({"content": message.content} if message.content else {}),
    )
