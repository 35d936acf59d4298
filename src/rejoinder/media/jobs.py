"""The job that says: this file is to be fetched."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rejoinder.queue.jobs import Job
from rejoinder.queue.lanes import MEDIA


def download(workspace_id: UUID, media_id: UUID, delay: timedelta = timedelta(0)) -> Job:
    """Its payload are the two ids, 16 bytes each."""
    return Job(MEDIA, workspace_id.bytes + media_id.bytes, delay)
