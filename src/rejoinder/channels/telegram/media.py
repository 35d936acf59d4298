"""Where the files of customers' messages are fetched.

Source: Bot API, getFile: up to 20 MB, and the address, which has the token in it, is good for an hour at least.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from rejoinder.channels.port.adapter import Account, Download, NotThere
from rejoinder.channels.port.event import MediaRef
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.api import answer, ask, base, file_url
from rejoinder.channels.telegram.errors import words
from rejoinder.channels.telegram.parse.reading import record, text
from rejoinder.errors import Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Unanswered

LARGEST: Final = 20_000_000

_TOO_LARGE: Final = "bots can fetch files of up to 20 MB only, says Telegram"


async def located(account: Account, media: MediaRef, wire: Wire) -> Download:
    """The address. Never show or store it: it holds the token. Raises NotThere or Unavailable."""
    if media.id is None:
        raise NotThere("the message names no file")
    if media.size is not None and media.size > LARGEST:
        raise NotThere(f"it has {media.size} bytes, and {_TOO_LARGE}")
    try:
        posted = await ask(account, "getFile", {"file_id": media.id}, wire)
    except (Forbidden, NotSent, Unanswered) as away:
        raise Unavailable(f"Telegram does not say where the file is: {away}.") from None
    found = answer(posted)
    if found is None or posted.status in (401, 404, 429) or posted.status >= 500:
        raise Unavailable(words(posted), retry_after=10)
    if found["ok"] is not True:
        told = words(posted)
        raise NotThere(f"{told} {_TOO_LARGE}" if "too big" in told else told)
    path = text(record(found.get("result")).get("file_path"))
    if path is None or path.startswith("/") or ".." in path.split("/"):
        # A Bot API server of one's own may name a path of its disk instead.
        raise NotThere("Telegram names no address of the file")
    return Download(file_url(account, path), hosts=(urlsplit(base(account)).hostname or "",))
