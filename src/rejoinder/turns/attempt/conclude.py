"""How a turn ends, in one step: replies, deliveries, usage, events, who is in charge, the next wake-up."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import JsonValue

from rejoinder.channels.text.pack import Packed, packed
from rejoinder.conversations.content import stored
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, Tx, new_id
from rejoinder.events import store as log
from rejoinder.events.model import EventType, NewEvent
from rejoinder.outbound.queue import queue_replies
from rejoinder.queue.dead_letters import store as dead_letters
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import decide, store
from rejoinder.turns.attempt import store as attempts
from rejoinder.turns.model import Guard, Verdict
from rejoinder.turns.schedule import wake_waiting
from rejoinder.usage import store as ledger
from rejoinder.usage.model import Call, Spent


async def conclude(
    tx: Tx,
    guard: Guard,
    turn_id: UUID,
    fence: int,
    verdict: Verdict,
    calls: Sequence[Call],
    newest_read: UUID | None,
) -> None:
    """End a turn under the conversation's lock: replies, deliveries, usage, events, the next wake-up."""
    replies = [
        _message(guard, turn_id, seq, one, verdict)
        for seq, one in enumerate(_packed(guard, verdict), guard.seq + 1)
    ]
    events = [_sent(reply, verdict) for reply in replies] + _ending(
        guard, turn_id, verdict, len(replies)
    )
    batch = Batch(tx)
    attempts.end(batch, turn_id, fence, verdict, Spent.on(calls))
    if replies:
        queue_replies(batch, sends=guard.sends, turn_id=turn_id, at=guard.now, replies=replies)
    ledger.record(
        batch, contact_id=guard.contact_id, message_id=newest_read, turn_id=turn_id, calls=calls
    )
    log.append(batch, guard.conversation_id, guard.now, events)
    waiting = guard.waiting if guard.waiting and guard.waiting.turn_id != turn_id else None
    calls_people = verdict.state != "committed"
    if waiting and calls_people:  # what came meanwhile is for the person now
        store.stop(batch, waiting, "handed_off", verdict.reason)
    if waiting and not calls_people:
        store.woken(batch, waiting.turn_id, max(waiting.due_at, guard.now))
        enqueue(batch, wake_waiting(tx.workspace_id, guard, turn_id))
    if verdict.state == "failed":
        ended = guard.turn(turn_id)
        dead_letters.add(
            batch,
            "turn",
            turn_id,
            guard.conversation_id,
            verdict.error,
            ended.attempt if ended else 0,
        )
    store.advance(
        batch,
        guard.conversation_id,
        events[-1].seq,
        messages=len(replies),
        newest=guard.now if replies else None,
        charge="waiting" if calls_people else None,
        metadata=_escalation(guard, verdict) if calls_people else None,
        loop=decide.loop_after(guard) if replies and not calls_people else None,
        replied=bool(replies),
    )
    await batch.send()


def _escalation(guard: Guard, verdict: Verdict) -> dict[str, str]:
    return {
        "escalated_at": guard.now.isoformat(),
        "escalation_reason": verdict.reason,
        "escalated_by": "ai_system",
    }


def _packed(guard: Guard, verdict: Verdict) -> list[Packed]:
    """The replies as messages that their platform takes."""
    return [one for text in verdict.replies for one in packed(guard.platform, text)]


def _message(guard: Guard, turn_id: UUID, seq: int, one: Packed, verdict: Verdict) -> NewMessage:
    return NewMessage(
        message_id=new_id(),
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=seq,
        turn_id=turn_id,
        direction="outbound",
        sender_type="system" if verdict.state == "failed" else "ai",
        sender_id=None,
        kind="text",
        text=one.text,
        content=stored(one.parts) if one.parts else [],
        external_id=None,
        fingerprint=None,
        waited_for=False,
        platform_time=guard.now,
        received_at=guard.now,
        metadata=_metadata(verdict, one.text),
    )


def _metadata(verdict: Verdict, text: str) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"model": verdict.model} if verdict.model else {}
    if verdict.understanding is not None:
        told["understanding"] = verdict.understanding.told()
        told["processing_time_ms"] = round(verdict.seconds * 1000, 1)
    if verdict.decision == "hand_off":  # whoever acts on replies is told of both
        told["actions"] = [
            {"type": "send_message", "data": {"message": text}},
            {"type": "transfer_to_agent", "data": {"reason": verdict.reason}},
        ]
    if verdict.resources is not None:
        told["resources"] = verdict.resources
    return told


def _sent(reply: NewMessage, verdict: Verdict) -> NewEvent:
    return NewEvent(
        reply.seq,
        "message.sent",
        {
            "message_id": str(reply.message_id),
            "turn_id": str(reply.turn_id),
            "sender_type": reply.sender_type,
            "kind": reply.kind,
            "text": reply.text,
            "model": verdict.model or None,
        },
    )


def _ending(guard: Guard, turn_id: UUID, verdict: Verdict, replies: int) -> list[NewEvent]:
    seq = guard.seq + replies + 1
    kind: EventType = "turn.failed" if verdict.state == "failed" else "turn.committed"
    ended = NewEvent(
        seq,
        kind,
        {"turn_id": str(turn_id), "decision": verdict.decision, "model": verdict.model or None},
    )
    if verdict.state == "committed":
        return [ended]
    handed = NewEvent(
        seq + 1, "conversation.handed_off", {"turn_id": str(turn_id), "reason": verdict.reason}
    )
    return [ended, handed]
