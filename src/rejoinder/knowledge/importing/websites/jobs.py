"""The job that says: this website is to be read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rejoinder.queue.jobs import Job
from rejoinder.queue.lanes import IMPORTS


def job(workspace_id: UUID, source_id: UUID, delay: timedelta = timedelta(0)) -> Job:
    """Its payload are the two ids, 16 bytes each."""
    return Job(IMPORTS, workspace_id.bytes + source_id.bytes, delay)
