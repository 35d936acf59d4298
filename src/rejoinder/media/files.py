"""Files of one workspace, as the platforms that are sent them need them: an address, or the bytes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import UUID

from rejoinder.db import Database
from rejoinder.media import store
from rejoinder.media.links import FOR_PLATFORMS_S, Links
from rejoinder.media.model import File
from rejoinder.media.objects import Objects


class Shelf:
    """The `Files` of the channels' port."""

    def __init__(self, db: Database, objects: Objects, links: Links, workspace_id: UUID) -> None:
        self._db = db
        self._objects = objects
        self._links = links
        self._workspace_id = workspace_id

    async def url(self, media_id: str) -> str | None:
        """A signed address that anybody can fetch it from for a day; None without a public address or the file."""
        file = await self._ready(media_id) if self._links.public_url else None
        if file is None:
            return None
        path, _ = self._links.path(
            self._workspace_id, file.media_id, int(time.time()), FOR_PLATFORMS_S
        )
        return f"{self._links.public_url}{path}"

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        """Its bytes, MIME type and file name; None when it is not there. Raises Away or Unavailable."""
        file = await self._ready(media_id)
        data = await self._objects.read(file.key) if file and file.key else None
        if file is None or data is None:
            return None
        return data, file.mime_type or "application/octet-stream", named(file)

    async def _ready(self, media_id: str) -> File | None:
        try:
            wanted = UUID(media_id)
        except ValueError:
            return None
        async with self._db.read(self._workspace_id) as read:
            file = await store.file(read, wanted)
        return file if file and file.state == "ready" else None


def shelves(db: Database, objects: Objects, links: Links) -> Callable[[UUID], Shelf]:
    """The files of each workspace."""
    return lambda workspace_id: Shelf(db, objects, links, workspace_id)


_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/webm": ".webm",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
}


# What would be a folder, end a line, or turn the reading of a name around ("Trojan Source", CVE-2021-42574).
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


_LONGEST = 200
"""Characters of a name: percent-encoded it stands in a header, of which proxies take 8 KiB at most."""


def named(file: File) -> str:
    """Its name without folders, its end if it is long; one that came without is called by its kind."""
    name = re.split(r"[/\\]", file.filename or "")[-1]
    name = _NO_NAME.sub("", name).strip(" .")[-_LONGEST:]
    return name or f"{file.kind}{_ENDINGS.get(file.mime_type or '', '')}"


def ending(mime_type: str) -> str:
    """How a file of the type ends, empty where it is not known here: some servers go by that alone."""
    return _ENDINGS.get(mime_type, "")
