"""A person stops a turn: its messages stay unanswered, and the bot stays in charge."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Batch, Database, Tx, retry_busy
from rejoinder.errors import Conflict, NotFound
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import store as turns
from rejoinder.turns.hands import store
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.model import Guard, Turn
from rejoinder.turns.schedule import wake_waiting


async def cancel_turn(db: Database, workspace_id: UUID, turn_id: UUID, by: str) -> None:
    """Cancel a waiting or running turn. Raises NotFound, and Conflict when it has ended."""

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            conversation_id = await store.conversation_of(tx, turn_id)
            if conversation_id is None:
                raise NotFound(
                    f"There is no turn {turn_id} in this workspace.",
                    mend="GET /api/v1/turns lists them; turns of deleted conversations are gone.",
                )
            guard = await turns.lock(tx, conversation_id)
            turn = guard.turn(turn_id) if guard else None
            if guard is None or turn is None:
                raise await _ended(tx, turn_id)
            await _cancel(tx, guard, [turn], by)

    await retry_busy(once)


async def cancel_conversation(
    db: Database, workspace_id: UUID, conversation_id: UUID, by: str
) -> int:
    """Cancel whatever turns the conversation has; how many those were. Raises NotFound, and Conflict when closed."""

    async def once() -> int:
        async with db.transaction(workspace_id) as tx:
            guard = await guarded(tx, conversation_id)
            if guard.live:
                await _cancel(tx, guard, guard.live, by)
            return len(guard.live)

    return await retry_busy(once)


async def _cancel(tx: Tx, guard: Guard, stopped: list[Turn] | tuple[Turn, ...], by: str) -> None:
    batch = Batch(tx)
    for turn in stopped:
        turns.stop(batch, turn, "cancelled", f"cancelled by {by}")
    events = [
        NewEvent(seq, "turn.cancelled", {"turn_id": str(turn.turn_id), "by": by})
        for seq, turn in enumerate(stopped, guard.seq + 1)
    ]
    turns.advance(batch, guard.conversation_id, events[-1].seq)
    log.append(batch, guard.conversation_id, guard.now, events)
    enqueue(batch, wake_waiting(tx.workspace_id, guard, *(turn.turn_id for turn in stopped)))
    await batch.send()


async def _ended(tx: Tx, turn_id: UUID) -> Conflict:
    state, merged_into = await store.ending(tx, turn_id)
    if merged_into is not None:
        return Conflict(
            f"The turn was superseded: its messages went to the turn {merged_into}.",
            mend="Cancel that one.",
            code="turn_ended",
        )
    return Conflict(
        f"The turn has ended already: {state}.",
        mend="Nothing is left to cancel.",
        code="turn_ended",
    )
