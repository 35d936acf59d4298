"""Turns for those who look at them, and as the jobs of callers who know nothing of turns."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Database, Read
from rejoinder.errors import Conflict, NotFound
from rejoinder.turns.hands.cancel import cancel_turn
from rejoinder.turns.model import TurnState
from rejoinder.turns.outcome.read import Told
from rejoinder.turns.outcome.records import store
from rejoinder.turns.outcome.records.model import Detail, Job, JobStatus

_STATUS: dict[TurnState, JobStatus] = {
    "waiting": "queued",
    "running": "processing",
    "committed": "completed",
    "failed": "failed",
}


async def detail(read: Read, turn_id: UUID) -> Detail:
    """One turn with all that belongs to it. Raises NotFound."""
    record = await store.record(read, turn_id)
    if record is None:
        raise NotFound(
            f"There is no turn {turn_id} in this workspace.",
            mend="GET /api/v1/turns lists them; turns of deleted conversations are gone.",
        )
    messages = await store.messages(read, turn_id)
    return Detail(
        record=record,
        attempts=tuple(await store.attempts(read, turn_id)),
        message_ids=tuple(message for message, way in messages if way == "inbound"),
        reply_ids=tuple(message for message, way in messages if way == "outbound"),
    )


async def job(read: Read, job_id: UUID) -> Job:
    """What became of a job, wherever its messages went. Raises NotFound."""
    facts = await store.job(read, job_id)
    if facts is None:
        raise NotFound(
            f"There is no job {job_id} in this workspace.",
            mend="`ai_job_id` of the answer to your message names it; jobs of deleted conversations are gone.",
        )
    status = _status(facts)
    return Job(
        job_id=job_id,
        turn_id=facts.turn_id,
        status=status,
        created_at=facts.created_at,
        started_at=facts.started_at,
        completed_at=facts.ended_at,
        attempts=facts.attempt,
        model=facts.model,
        replies=tuple(Told(UUID(reply[0]), reply[1], reply[2]) for reply in facts.replies),
        error=facts.error or (facts.reason if status in ("failed", "cancelled") else None),
        resources=facts.resources,
    )


async def cancel_job(db: Database, workspace_id: UUID, job_id: UUID, by: str) -> None:
    """Cancel the turn that has the job's messages now. Raises NotFound, and Conflict when it has ended."""
    turn_id = await _turn_of(db, workspace_id, job_id)
    while True:
        try:
            return await cancel_turn(db, workspace_id, turn_id, by)
        except Conflict:
            following = await _turn_of(db, workspace_id, job_id)
            if following == turn_id:
                raise
            turn_id = following  # its messages have just gone there: that one is meant


async def _turn_of(db: Database, workspace_id: UUID, job_id: UUID) -> UUID:
    async with db.read(workspace_id) as read:
        return (await job(read, job_id)).turn_id


def _status(facts: store.JobFacts) -> JobStatus:
    """A turn handed over with an answer or by the bot's decision is done; one that a person took is not."""
    if facts.state == "handed_off":
        return "completed" if facts.decision else "cancelled"
    return _STATUS.get(facts.state, "cancelled")
