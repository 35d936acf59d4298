"""Jobs, for callers who were given an `ai_job_id`: a job is a turn."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, JsonValue

from rejoinder.api.bodies import View
from rejoinder.api.work.turns import acting
from rejoinder.db import Database
from rejoinder.inbound.rest.callers import needs
from rejoinder.turns.outcome.records.model import Job, JobStatus
from rejoinder.turns.outcome.records.read import cancel_job, job
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class JobReplyView(View):
    """One message of the answer."""

    message_id: UUID
    kind: str
    text: str


class JobResult(BaseModel):
    """The answer: its messages, and all their text."""

    response_text: str
    replies: list[JobReplyView]
    model: str | None


class JobView(BaseModel):
    """A job. `turn_id` is the turn that has its messages now: a newer one, where the customer wrote again meanwhile."""

    job_id: UUID
    turn_id: UUID
    kind: Literal["ai_processing"] = "ai_processing"
    status: JobStatus
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    attempts: int
    result: JobResult | None
    error: str | None
    resources: JsonValue

    @classmethod
    def of(cls, found: Job) -> Self:
        """The view of a job; only a completed one has a result."""
        replies = [JobReplyView.model_validate(reply) for reply in found.replies]
        text = "\n".join(reply.text for reply in replies if reply.text)
        done = found.status == "completed"
        return cls(
            job_id=found.job_id,
            turn_id=found.turn_id,
            status=found.status,
            created_at=found.created_at,
            started_at=found.started_at,
            completed_at=found.completed_at,
            attempts=found.attempts,
            result=JobResult(response_text=text, replies=replies, model=found.model)
            if done
            else None,
            error=found.error,
            resources=found.resources,
        )


class JobCancelled(BaseModel):
    """The job was stopped."""

    job_id: UUID
    cancelled: bool = True


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Ask for a job (scope `ingest`), cancel it (`operate`)."""
    router = APIRouter(prefix="/api/v1/jobs", tags=["work"])

    @router.get("/{job_id}")
    async def get_job(
        job_id: UUID, caller: Annotated[Caller, Depends(needs(tokens, "ingest"))]
    ) -> JobView:
        """What became of a job, also when its messages were answered together with later ones."""
        async with db.read(caller.workspace_id) as read:
            return JobView.of(await job(read, job_id))

    @router.post("/{job_id}/cancel")
    async def cancel(
        job_id: UUID, caller: Annotated[Caller, Depends(needs(tokens, "operate"))]
    ) -> JobCancelled:
        """Stop the turn that has the job's messages now. 409 when it has ended, with how."""
        await cancel_job(db, caller.workspace_id, job_id, acting(caller))
        return JobCancelled(job_id=job_id)

    return router
