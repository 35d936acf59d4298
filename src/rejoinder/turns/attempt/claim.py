"""A wake-up came: claim the conversation's turn if it is due and free."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rejoinder.bots.store import bot_of
from rejoinder.conversations import store as records
from rejoinder.db import Batch, Database, Tx
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.outbound.sending.deliver import job as deliver
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.telemetry import logs
from rejoinder.telemetry.metrics import LOOPS
from rejoinder.turns import decide, store
from rejoinder.turns.attempt import store as attempts
from rejoinder.turns.attempt.conclude import conclude
from rejoinder.turns.model import LEASE, Claimed, Guard, Turn, Verdict, Worker
from rejoinder.turns.schedule import wake


async def claim(
    db: Database, workspace_id: UUID, conversation_id: UUID, worker: Worker
) -> Claimed | None:
    """The turn, now running under a fresh fence; None when there is nothing to do now.

    A turn that is not due yet gets a wake-up for the rest of its time; one whose attempts are used up fails here,
    with the bot's fallback text and a person told.
    """
    async with db.transaction(workspace_id) as tx:
        guard = await store.lock(tx, conversation_id)
        if guard is None:
            return None
        decision = decide.claim(guard)
        if isinstance(decision, timedelta):
            later = wake(workspace_id, conversation_id, decision, _priority(guard))
            await enqueue_alone(tx, [later])
            return None
        if decision in ("nothing", "busy") or guard.waiting is None:
            return None
        if decision == "give_up":
            await _give_up(tx, guard, guard.waiting)
            return None
        if decision == "loop":
            await _break_loop(tx, guard, guard.waiting)
            return None
        return await _take(tx, guard, guard.waiting, worker)


async def _take(tx: Tx, guard: Guard, turn: Turn, worker: Worker) -> Claimed:
    seq, fence = guard.seq + 1, guard.fence + 1
    batch = Batch(tx)
    attempts.take(batch, turn, fence, worker.no, worker.name, LEASE)
    store.advance(batch, guard.conversation_id, seq, fence=fence)
    started = NewEvent(
        seq, "turn.started", {"turn_id": str(turn.turn_id), "attempt": turn.attempt + 1}
    )
    log.append(batch, guard.conversation_id, guard.now, [started])
    await batch.send()
    return Claimed(
        workspace_id=tx.workspace_id,
        conversation_id=guard.conversation_id,
        turn_id=turn.turn_id,
        contact_id=guard.contact_id,
        bot_id=guard.bot_id,
        fence=fence,
        attempt=turn.attempt + 1,
        first_unanswered_at=turn.first_unanswered_at,
        policy=guard.policy,
        priority=turn.priority,
        platform=guard.platform,
    )


def _priority(guard: Guard) -> int:
    return guard.waiting.priority if guard.waiting else 0


async def _give_up(tx: Tx, guard: Guard, turn: Turn) -> None:
    bot = await bot_of(tx, guard.bot_id)
    answers = await records.auto_response(tx, guard.conversation_id)
    mode = bot.settings.mode if bot else "analyse"
    last = await attempts.last_error(tx, turn.turn_id)
    verdict = Verdict(
        "failed",
        replies=(bot.fallback_text,) if bot and mode != "analyse" else (),
        decision="hand_off",
        reason="attempts used up",
        error=f"{turn.attempt} attempts ended without an answer; the last: {last or 'its worker died or stalled'}.",
        draft=mode == "draft" or not answers,
    )
    await conclude(tx, guard, turn.turn_id, 0, verdict, [], None)  # no attempt ends here
    if guard.sends:  # nobody sends right after this commit
        await enqueue_alone(tx, [deliver(tx.workspace_id, guard.conversation_id, guard.platform)])


async def _break_loop(tx: Tx, guard: Guard, turn: Turn) -> None:
    """Two machines talk to each other: no answer, and a person looks."""
    minutes = guard.policy.loop_for.total_seconds() / 60
    reason = (
        f"a loop: {guard.loop_count} answers without a person or a pause of {minutes:g} minutes"
    )
    await conclude(
        tx, guard, turn.turn_id, 0, Verdict("handed_off", (), "hand_off", reason), [], None
    )
    LOOPS.inc()
    logs.log.error(
        "loop_stopped", conversation_id=str(guard.conversation_id), answers=guard.loop_count
    )
