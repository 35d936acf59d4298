"""Whether what was written can go where it shall: its files are there, and the platform has a form of it."""

from __future__ import annotations

from uuid import UUID

from rejoinder.channels.registry import POSTED, platform
from rejoinder.db import Read
from rejoinder.errors import Invalid
from rejoinder.inbound.written.parts import Written
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


def warnings(name: str, message: Written) -> list[str]:
    """What the platform of that name has no form of its own for, and what the customer gets instead."""
    if not message.parts or name == "rest":
        return []
    if name in POSTED or name == "widget":
        return [f"{name} passes on text only: the {message.kind} is said in words."]
    adapter = platform(name)
    if adapter is None or message.kind in adapter.capabilities.kinds:
        return []
    return [
        f"{adapter.title} has no {message.kind} of its own: the customer gets it in words, as far as that can be."
    ]


def _wrong(detail: str, mend: str) -> Invalid:
    return Invalid(detail, mend=mend, where="content")
