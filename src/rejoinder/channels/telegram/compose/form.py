"""What goes to Telegram for one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rejoinder.channels.telegram.compose.keyboard import Object, Pressed, inline, is_cut
from rejoinder.channels.telegram.errors import Unsendable

TEXT: Final = 4096
"""Characters of a text (Bot API, sendMessage). Users have measured that emoji count as one, not as two units."""

CAPTION: Final = 1024
"""Characters of a caption (Bot API, sendPhoto and its like)."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of ours, to be uploaded."""

    data: bytes = field(repr=False)
    mime_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A method and its fields, all but the chat; `upload` is the field that `file` stands for. `cut` are titles of

    buttons whose payload is too long to come back whole.
    """

    method: str
    fields: Object
    upload: str = ""
    file: Attached | None = None
    cut: tuple[str, ...] = ()


def message(*pieces: str | None) -> Sending:
    """A text, of pieces under each other. Raises Unsendable."""
    text = joined(*pieces)
    if not text.strip():
        raise Unsendable("the message is empty")
    if len(text) > TEXT:
        raise Unsendable(f"a text of {len(text)} characters is too long: Telegram takes {TEXT}")
    return Sending("sendMessage", {"text": text})


def joined(*pieces: str | None) -> str:
    """Pieces of a text under each other, with a line between."""
    return "\n\n".join(each for each in pieces if each)


def captioned(fields: Object, *pieces: str | None) -> Object:
    """The fields with a caption, if there is one. Raises Unsendable."""
    caption = joined(*pieces)
    if len(caption) > CAPTION:
        raise Unsendable(
            f"a caption of {len(caption)} characters is too long: Telegram takes {CAPTION},"
            " so send the text by itself"
        )
    return fields | {"caption": caption} if caption.strip() else fields


def pressable(
    sending: Sending, buttons: tuple[Pressed, ...], *, one_a_row: bool = False
) -> Sending:
    """The same with buttons under it."""
    if not buttons:
        return sending
    cut = tuple(each.title for each in buttons if each.url is None and is_cut(each.data))
    fields = sending.fields | {"reply_markup": inline(buttons, one_a_row=one_a_row)}
    return Sending(sending.method, fields, sending.upload, sending.file, cut)
