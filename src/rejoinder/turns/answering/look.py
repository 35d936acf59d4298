"""The files of the unanswered messages: waited for a moment, then shown to the model or told of in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from rejoinder.llm.model import Attachment
from rejoinder.media.look import Viewer
from rejoinder.turns.model import Asked


async def look(
    viewer: Viewer, workspace_id: UUID, asked: Sequence[Asked], takes: Collection[str]
) -> tuple[tuple[Asked, ...], tuple[Attachment, ...]]:
    """The messages with what was heard in them, and what of their files a model that `takes` these types is shown."""
    places = {media_id: number for number, each in enumerate(asked) for media_id in media_ids(each)}
    files = await viewer.settled(workspace_id, places, takes)
    heard = tuple(
        replace(
            each,
            heard=" ".join(
                words
                for media_id in media_ids(each)
                if media_id in files and (words := files[media_id].transcript)
            )
            or each.heard,
        )
        for each in asked
    )
    shown = await viewer.shown([files[each] for each in places if each in files], takes)
    return heard, tuple(
        Attachment(each.kind, each.mime_type, each.data, places[each.media_id], each)
        for each in shown
    )


def media_ids(message: Asked) -> list[UUID]:
    """Our ids of the message's files; a part that a caller made up names none."""
    parts = message.files if isinstance(message.files, list) else []
    return [
        found
        for part in parts
        if isinstance(part, dict) and (found := _id(part.get("media_id"))) is not None
    ]


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
