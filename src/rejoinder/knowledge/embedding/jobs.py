"""The jobs that say: this document, or this message, is to be embedded."""

from __future__ import annotations

from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.errors import Invalid
from rejoinder.queue.jobs import Job, Taken
from rejoinder.queue.lanes import EMBEDDINGS

Kind: TypeAlias = Literal["document", "message"]

_MARKS: dict[bytes, Kind] = {b"d": "document", b"m": "message"}


def job(workspace_id: UUID, document_id: UUID) -> Job:
    """Of a document. The payload is a `d` and the two ids, 16 bytes each."""
    return Job(EMBEDDINGS, b"d" + workspace_id.bytes + document_id.bytes)


def embed_message(workspace_id: UUID, message_id: UUID) -> Job:
    """Of a message: an `m` and the two ids."""
    return Job(EMBEDDINGS, b"m" + workspace_id.bytes + message_id.bytes)


def read(taken: Taken) -> tuple[Kind, UUID, UUID]:
    """(kind, workspace, document or message). Raises Invalid when it is anything else."""
    kind = _MARKS.get(taken.payload[:1])
    if kind is None or len(taken.payload) != 33:
        raise Invalid(
            f"A job of the lane {taken.lane!r} is neither a document's nor a message's.",
            mend="Whoever enqueued it is not of this version; the job is held as failed for a day, then deleted.",
            code="job_not_understood",
        )
    return kind, UUID(bytes=taken.payload[1:17]), UUID(bytes=taken.payload[17:])
