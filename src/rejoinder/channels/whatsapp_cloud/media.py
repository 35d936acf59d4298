"""Files: ours are handed to Meta before a message names them, customers' are fetched by their id.

Source: Meta, "Media" (June 2026): an id from a webhook is good for 7 days, one of an upload for 30, the address of a
file for 5 minutes and only with the access token. Sizes are third parties' (docs/channels/whatsapp_cloud.md).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit
from uuid import uuid4

from rejoinder.channels.meta.graph import answered, bearer, refusal
from rejoinder.channels.meta.reading import text
from rejoinder.channels.port.adapter import Account, Download, Files, NotThere
from rejoinder.channels.port.event import MediaRef
from rejoinder.channels.port.outgoing import NotTaken, Receipt, Refused, Unsure
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.whatsapp_cloud.account import address
from rejoinder.channels.whatsapp_cloud.compose import Attached
from rejoinder.channels.whatsapp_cloud.errors import receipt
from rejoinder.conversations.content import File
from rejoinder.errors import Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Posted, Unanswered

META_HOSTS: Final = ("lookaside.fbsbx.com", "graph.facebook.com")
"""Who may see the access token."""

_MEGABYTE = 1024 * 1024
_UPLOADED = (
    16 * _MEGABYTE
)  # 13 s at 10 Mbit/s; what is larger goes by its address, where it has one
_MESSAGE_S = 5.0  # of the time for all, what is left to the message itself

_TAKEN: Final[dict[str, tuple[frozenset[str], int]]] = {
    "image": (frozenset({"image/jpeg", "image/png"}), 5 * _MEGABYTE),
    "audio": (
        frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
        16 * _MEGABYTE,
    ),
    "video": (frozenset({"video/mp4", "video/3gpp"}), 16 * _MEGABYTE),
    "sticker": (frozenset({"image/webp"}), 500 * 1024),
}
"""What is shown as such; all else goes as a document."""

_LARGEST = 100 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Ours:
    """A file of our media store."""

    data: bytes
    mime_type: str
    filename: str


async def attach(
    account: Account, part: File, wire: Wire, files: Files, attempt: int, until: float
) -> Attached | Receipt | None:
    """How a request may name this file; None where there is none, a receipt where the upload failed.

    One of ours is uploaded: Meta fetches an address later, and what goes wrong then costs the customer the message.
    `until` is when all must be done, by the monotonic clock.
    """
    kept = await files.read(part.media_id) if part.media_id is not None else None
    ours = Ours(kept[0], kept[1], part.filename or kept[2]) if kept is not None else None
    if ours is not None and (part.url is None or len(ours.data) <= _UPLOADED):
        return await _upload(account, part.kind, ours, wire, attempt, until)
    if part.url is None:
        return None
    if ours is not None:
        kind, filename = shown_as(part.kind, ours.mime_type, len(ours.data)), ours.filename
        return Attached(kind, {"link": part.url}, filename)
    return Attached(shown_as(part.kind, part.mime_type, 0), {"link": part.url}, part.filename)


def shown_as(kind: str, mime_type: str | None, size: int) -> str:
    """The form a file is sent in: its own where WhatsApp takes the type and the size (bytes), else a document."""
    types, largest = _TAKEN.get(kind, (frozenset(), 0))
    plain = (mime_type or "").partition(";")[0].strip().lower()
    return kind if size <= largest and (not plain or plain in types) else "document"


async def _upload(
    account: Account, kind: str, ours: Ours, wire: Wire, attempt: int, until: float
) -> Attached | Receipt:
    if len(ours.data) > _LARGEST:
        return Refused(f"the file has {len(ours.data)} bytes; WhatsApp takes {_LARGEST}")
    kind = shown_as(kind, ours.mime_type, len(ours.data))
    boundary = uuid4().hex
    try:
        posted = await wire.call(
            "POST",
            address(account, account.credentials["phone_number_id"], "media"),
            headers=bearer(account.credentials["access_token"])
            | {"Content-Type": f"multipart/form-data; boundary={boundary}"},
            body=_form(boundary, ours),
            timeout=max(until - time.monotonic() - _MESSAGE_S, 1.0),
        )
    except Forbidden as refused:
        return Refused(str(refused))
    except (NotSent, Unanswered) as lost:  # a file uploaded twice reaches nobody twice
        return NotTaken(f"the file was not uploaded: {lost}")
    return _uploaded(posted, kind, ours.filename, attempt)


def _uploaded(posted: Posted, kind: str, filename: str, attempt: int) -> Attached | Receipt:
    media_id = text(answered(posted).get("id"))
    if 200 <= posted.status < 300 and media_id is not None:
        return Attached(kind, {"id": media_id}, filename)
    if 200 <= posted.status < 300:
        return NotTaken("Meta took the file and named no id for it")
    said = receipt(posted, attempt)
    return NotTaken(said.error) if isinstance(said, Unsure) else said


def _form(boundary: str, ours: Ours) -> bytes:
    """The upload's body (RFC 7578). A file name goes percent-encoded where a quote or a line break would end it."""
    named = re.sub(r'["\r\n]', lambda found: quote(found[0]), ours.filename)
    mime_type = re.sub(r"[\r\n]", "", ours.mime_type)
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("messaging_product", "whatsapp"), ("type", mime_type))
    )
    head = (
        f"{fields}--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{named}"\r\n'
        f"Content-Type: {mime_type}\r\n\r\n"
    )
    return head.encode() + ours.data + f"\r\n--{boundary}--\r\n".encode()


async def locate(account: Account, media: MediaRef, wire: Wire) -> Download:
    """Where a customer's file is for the next 5 minutes. Raises NotThere or Unavailable.

    A missing file is asked for once: after 20 failing requests in an hour Meta answers none for half an hour.
    """
    if media.id is None:
        if media.url is None:
            raise NotThere("Meta named neither an id nor an address of the file")
        return _download(account, media.url)
    node = address(account, quote(media.id, safe=""))
    try:
        posted = await wire.call(
            "GET",
            f"{node}?phone_number_id={account.credentials['phone_number_id']}",
            headers=bearer(account.credentials["access_token"]),
        )
    except (Forbidden, NotSent, Unanswered) as lost:
        raise Unavailable(f"Meta could not be asked where a file is: {lost}.") from None
    url = text(answered(posted).get("url"))
    if 200 <= posted.status < 300 and url is not None:
        return _download(account, url)
    said = receipt(posted, 1) if posted.status >= 300 else NotTaken("no address in the answer")
    if posted.status == 404 or isinstance(said, Refused) or _no_node(posted):
        raise NotThere(f"Meta has the file no more: {_words(said)}")
    raise Unavailable(f"Meta did not say where a file is: {_words(said)}.")


def _no_node(posted: Posted) -> bool:
    error = refusal(posted)
    return error is not None and error.code == 100


def _words(said: Receipt) -> str:
    return getattr(said, "error", "")


def _download(account: Account, url: str) -> Download:
    """The token goes to Meta's hosts and the channel's own address of the API, and over https unless that is not."""
    base, wanted = urlsplit(address(account)), urlsplit(url)
    own = f"{base.hostname}:{base.port or (443 if base.scheme == 'https' else 80)}"
    safe = wanted.scheme == "https" or base.scheme == "http"
    return Download(
        url,
        bearer(account.credentials["access_token"]),
        (*META_HOSTS, own) if safe else (),
    )
