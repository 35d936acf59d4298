"""Whether what was written can be sent: its files are there, and of the kind they are sent as."""

from __future__ import annotations

from uuid import UUID

from rejoinder.conversations.written.parts import Written
from rejoinder.db import Read
from rejoinder.errors import Invalid
from rejoinder.media import store as media


async def check_media(read: Read, message: Written) -> None:
    """Raise Invalid unless each file of ours is there, stored, and of the kind it is sent as."""
    wanted = {UUID(each.media_id): each.kind for each in message.media if each.media_id}
    if not wanted:
        return
    found = await media.files(read, wanted)
    for media_id, kind in wanted.items():
        file = found.get(media_id)
        if file is None:
            raise _wrong(f"There is no media {media_id} in this workspace.", "Upload it first.")
        if file.state != "ready":
            raise _wrong(
                f"The media {media_id} is {file.state}{f': {file.error}' if file.error else ''}.",
                "Send it once it is ready, or upload it again.",
            )
        if kind not in (file.kind, "document"):
            raise _wrong(
                f"The media {media_id} is of the kind {file.kind}, not {kind}.",
                f"Send it as {file.kind}, or as document.",
            )


def _wrong(detail: str, mend: str) -> Invalid:
    return Invalid(detail, mend=mend, where="content")
