"""How a turn ends, in one step: replies, deliveries, usage, events, who is in charge, the next wake-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pydantic import JsonValue

from rejoinder.actions import store as actions
from rejoinder.actions.model import TransferToAgent
from rejoinder.actions.parts import Ready, messages, told_with
from rejoinder.actions.plan import Plan
from rejoinder.actions.record import rows
from rejoinder.actions.settle import GIVEN_UP, settle
from rejoinder.conversations.content import stored
from rejoinder.conversations.model import NewMessage
from rejoinder.conversations.model import State as Charge
from rejoinder.db import Batch, Tx, new_id
from rejoinder.events import store as log
from rejoinder.events.model import EventType, NewEvent
from rejoinder.outbound.queue import queue_replies
from rejoinder.queue.dead_letters import store as dead_letters
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import decide, store
from rejoinder.turns.attempt import store as attempts
from rejoinder.turns.drafts import store as drafts
from rejoinder.turns.model import Guard, Verdict
from rejoinder.turns.schedule import wake_waiting
from rejoinder.turns.summary.jobs import job as summarise
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
) -> int:
    """End a turn under the conversation's lock; the number of messages that go out.

    Where the customer told what they were asked for (`verdict.collected` is Got), the contact is locked too.
    """
    batch, waiting = Batch(tx), guard.waiting
    waiting = waiting if waiting and waiting.turn_id != turn_id else None
    calls_people = verdict.state != "committed"
    ends = verdict.plan.end is not None and not waiting and not verdict.draft and not calls_people
    ready = messages(guard.platform, verdict.plan)
    replies = [] if verdict.draft else _replies(guard, turn_id, ready, verdict)
    events = [_sent(reply, verdict) for reply in replies] + _ending(
        guard, turn_id, verdict, len(replies), ends
    )
    if verdict.draft and ready:
        draft_id = new_id()
        said = [one.packed for one in ready]
        drafts.add(
            batch, draft_id, guard.conversation_id, turn_id, said, behind=verdict.plan.behind
        )
        drafted = {"draft_id": str(draft_id), "turn_id": str(turn_id)}
        events.append(NewEvent(events[-1].seq + 1, "draft.created", {**drafted}))
    attempts.end(batch, turn_id, fence, verdict, Spent.on(calls))
    if replies:
        queue_replies(batch, sends=guard.sends, turn_id=turn_id, at=guard.now, replies=replies)
    left = _carry_out(batch, guard, turn_id, verdict, ready, replies, ends=ends)
    ledger.record(
        batch, contact_id=guard.contact_id, message_id=newest_read, turn_id=turn_id, calls=calls
    )
    if verdict.explanation is not None:
        attempts.explain(batch, turn_id, guard.conversation_id, verdict.explanation)
    log.append(batch, guard.conversation_id, guard.now, events)
    if waiting and calls_people:  # what came meanwhile is for the person now
        store.stop(batch, waiting, "handed_off", verdict.reason)
    if waiting and not calls_people:
        store.woken(batch, waiting.turn_id, max(waiting.due_at, guard.now))
        enqueue(batch, wake_waiting(tx.workspace_id, guard, turn_id))
    if verdict.summary_due:
        enqueue(batch, [summarise(tx.workspace_id, guard.conversation_id)])
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
    if calls_people and verdict.collected is None:  # nobody waits for what was asked before
        actions.cancel(batch, guard.conversation_id, GIVEN_UP)
    charge: Charge | None = "waiting" if calls_people else "closed" if ends else None
    store.advance(
        batch,
        guard.conversation_id,
        events[-1].seq,
        messages=len(replies),
        newest=guard.now if replies else None,
        charge=charge,
        metadata=_escalation(guard, verdict) if calls_people else None,
        loop=decide.loop_after(guard) if replies and not calls_people else None,
        replied=bool(replies),
        collecting=left,
        collected=verdict.collected is not None or calls_people,
    )
    await batch.send()
    return len(replies)


def _carry_out(
    batch: Batch,
    guard: Guard,
    turn_id: UUID,
    verdict: Verdict,
    ready: Sequence[Ready],
    replies: Sequence[NewMessage],
    *,
    ends: bool,
) -> dict[str, JsonValue] | None:
    """Write the actions of the answer; what the customer is asked for from now on."""
    plan = verdict.plan
    if verdict.draft:  # nobody has said anything yet
        plan, ready = replace(plan, messages=(), collect=None, end=None), ()
    done = rows(plan, ready, [reply.message_id for reply in replies], ends=ends)
    actions.add(batch, guard.conversation_id, turn_id, done)
    left = settle(batch, guard.contact_id, verdict.collected, plan, done, turn_id, guard.now)
    return left.stored() if left else None


def _escalation(guard: Guard, verdict: Verdict) -> dict[str, str]:
    return {
        "escalated_at": guard.now.isoformat(),
        "escalation_reason": verdict.reason,
        "escalated_by": "ai_system",
    }


def _replies(
    guard: Guard, turn_id: UUID, ready: Sequence[Ready], verdict: Verdict
) -> list[NewMessage]:
    told = told_with(ready, _told(verdict))
    return [
        _message(guard, turn_id, seq, one, verdict, shown)
        for seq, (one, shown) in enumerate(zip(ready, told, strict=True), guard.seq + 1)
    ]


def _told(verdict: Verdict) -> Plan:
    """The plan as receivers of replies are told of it."""
    plan = verdict.plan
    if verdict.decision == "hand_off" and plan.transfer is None:
        return replace(plan, transfer=TransferToAgent(verdict.reason))
    return plan


def _message(
    guard: Guard,
    turn_id: UUID,
    seq: int,
    one: Ready,
    verdict: Verdict,
    actions_told: list[JsonValue],
) -> NewMessage:
    return NewMessage(
        message_id=new_id(),
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=seq,
        turn_id=turn_id,
        direction="outbound",
        sender_type="system" if verdict.state == "failed" else "ai",
        sender_id=None,
        kind=one.kind,
        text=one.text,
        content=stored(one.packed.parts) if one.packed.parts else [],
        external_id=None,
        fingerprint=None,
        waited_for=False,
        platform_time=guard.now,
        received_at=guard.now,
        metadata=_metadata(verdict, actions_told),
    )


def _metadata(verdict: Verdict, actions_told: list[JsonValue]) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"model": verdict.model} if verdict.model else {}
    if verdict.understanding is not None:
        told["understanding"] = verdict.understanding.told()
        told["processing_time_ms"] = round(verdict.seconds * 1000, 1)
    if verdict.known is not None:
        told["known"] = verdict.known
    if verdict.sources:
        told["sources"] = list(verdict.sources)
    if actions_told:  # whoever acts on replies is told of them
        told["actions"] = actions_told
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
            **({"content": reply.content} if reply.content else {}),
            "model": verdict.model or None,
        },
    )


def _ending(
    guard: Guard, turn_id: UUID, verdict: Verdict, replies: int, ends: bool
) -> list[NewEvent]:
    seq = guard.seq + replies + 1
    kind: EventType = "turn.failed" if verdict.state == "failed" else "turn.committed"
    ended = NewEvent(
        seq,
        kind,
        {"turn_id": str(turn_id), "decision": verdict.decision, "model": verdict.model or None},
    )
    if ends:
        return [ended, NewEvent(seq + 1, "conversation.closed", {"by": "the bot"})]
    if verdict.state == "committed":
        return [ended]
    handed = NewEvent(
        seq + 1, "conversation.handed_off", {"turn_id": str(turn_id), "reason": verdict.reason}
    )
    return [ended, handed]
