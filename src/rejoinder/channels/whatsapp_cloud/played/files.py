"""Files at the played platform: those that were uploaded, and made-up ones that customers send."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Final

from rejoinder.channels.port.simulated import Call

_MOST = 10_000  # of the oldest the rest is forgotten; a load's files are asked for at once


@dataclass(frozen=True, slots=True)
class Kept:
    """One file."""

    mime_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """As Meta names it: base64."""
        return base64.b64encode(hashlib.sha256(self.data).digest()).decode()


class Drawer:
    """The files of one account by their ids, the newest ten thousand."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def put(self, file: Kept) -> str:
        """Keep a file; its id, a long number as Meta's."""
        media_id = str(10**15 + secrets.randbelow(9 * 10**15))
        self._kept[media_id] = file
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return media_id

    def get(self, media_id: str) -> Kept | None:
        """The file of an id."""
        return self._kept.get(media_id)


def uploaded(call: Call) -> Kept | str:
    """The file in an upload's form, or what is wrong with the form."""
    head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + call.body)
    if not form.is_multipart():
        return "the body is no multipart/form-data"
    fields = {
        str(part.get_param("name", header="content-disposition")): part
        for part in form.iter_parts()
    }
    file = fields.get("file")
    product = fields.get("messaging_product")
    if product is None or product.get_content().strip() != "whatsapp":
        return "messaging_product is missing"
    if file is None:
        return "file is missing"
    data = file.get_payload(decode=True)
    return Kept(file.get_content_type(), data if isinstance(data, bytes) else b"")


_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
_WEBP = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat"
_OGG = (
    b"OggS\x00\x02" + b"\x00" * 8 + b"\x01\x00\x00\x00" + b"\x00" * 8 + b"\x01\x13"
    b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"
)

SAMPLES: Final = {
    "image": Kept("image/png", _PNG),
    "sticker": Kept("image/webp", _WEBP),
    "document": Kept("application/pdf", _PDF),
    "video": Kept("video/mp4", _MP4),
    "audio": Kept("audio/ogg; codecs=opus", _OGG),
}
"""The smallest file of each kind, known by its first bytes."""
