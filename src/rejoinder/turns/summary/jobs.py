"""The job that says: look whether this conversation is to be summarised."""

from __future__ import annotations

from uuid import UUID

from rejoinder.queue.jobs import Job
from rejoinder.queue.lanes import SUMMARIES


def job(workspace_id: UUID, conversation_id: UUID) -> Job:
    """Its payload are the two ids, 16 bytes each."""
    return Job(SUMMARIES, workspace_id.bytes + conversation_id.bytes)
