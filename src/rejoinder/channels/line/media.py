"""Where the files of customers' messages are fetched.

Source: LINE's OpenAPI description, getMessageContent and getMessageContentTranscodingByMessageId; LINE Developers,
"Get content": videos and recordings are prepared first, and content is deleted after a time that is not told.
"""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote, urlsplit

from pydantic_core import from_json

from rejoinder.channels.line.errors import words
from rejoinder.channels.line.reading import record
from rejoinder.channels.line.send import bearer
from rejoinder.channels.port.adapter import Account, Download, NotThere
from rejoinder.channels.port.event import MediaRef
from rejoinder.channels.port.wire import Wire
from rejoinder.errors import Unavailable
from rejoinder.net.guard import Posted

DATA_URL: Final = "https://api-data.line.me"

_LOOKS: Final = 3
_BETWEEN_S: Final = (
    0.5  # short recordings are ready within a second; for others the job comes again
)
_GONE: Final = frozenset({400, 404, 410})


async def located(account: Account, media: MediaRef, wire: Wire) -> Download:
    """The address, with our token for LINE's own host only. Raises NotThere, or Unavailable while it is prepared."""
    if media.id is None:
        if media.url is None:
            raise NotThere("the message names neither an id nor an address")
        return Download(media.url)
    base = _data(account)
    path = f"{base}/v2/bot/message/{quote(media.id, safe='')}/content"
    if (media.mime_type or "").startswith(("audio/", "video/")):
        await _prepared(account, path, wire)
    return Download(path, bearer(account), (urlsplit(base).hostname or "",))


async def _prepared(account: Account, path: str, wire: Wire) -> None:
    for look in range(_LOOKS):
        if look:
            await asyncio.sleep(_BETWEEN_S)
        status = _status(await wire.call("GET", f"{path}/transcoding", headers=bearer(account)))
        if status == "succeeded":
            return
        if status == "failed":
            raise NotThere("LINE could not prepare it")
    raise Unavailable("LINE is still preparing the file.", retry_after=10)


def _status(posted: Posted) -> object:
    if posted.status == 200:
        try:
            return record(from_json(posted.body)).get("status")
        except ValueError:
            return None
    if posted.status in _GONE:
        raise NotThere(words(posted))
    raise Unavailable(words(posted), retry_after=10)


def _data(account: Account) -> str:
    """The host of files; one that plays the whole platform plays that too."""
    return account.setting("data_url", account.setting("base_url", DATA_URL)).rstrip("/")
