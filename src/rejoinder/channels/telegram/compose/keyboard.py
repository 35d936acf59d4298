"""Buttons under a message, and replies in place of the keyboard.

Source: Bot API, InlineKeyboardButton (`callback_data` of 1 to 64 bytes), ReplyKeyboardMarkup. Telegram tells no
greatest length of a label; it cuts what does not fit the screen. It takes a hundred buttons, which it does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from pydantic import JsonValue

from rejoinder.channels.text.split import shorten
from rejoinder.conversations.content import Option

Object: TypeAlias = dict[str, JsonValue]

LABEL: Final = 64
DATA_BYTES: Final = 64
BUTTONS: Final = 100

_SHORT, _MIDDLING = 8, 16  # labels that three and two of fit beside each other on a telephone


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button: what stands on it, and what comes back or is opened."""

    title: str
    payload: str | None = None
    url: str | None = None

    @property
    def data(self) -> str:
        """All that comes back."""
        return self.payload or self.title


def inline(buttons: Sequence[Pressed], *, one_a_row: bool = False) -> Object:
    """Buttons under the message; the first hundred."""
    shown = buttons[:BUTTONS]
    made: list[JsonValue] = [_button(each) for each in shown]
    a_row = 1 if one_a_row else _beside([each.title for each in shown])
    return {"inline_keyboard": _rows(made, a_row)}


def replies(options: Sequence[Option], *, group: bool) -> Object:
    """Replies in place of the keyboard until one is tapped; in a group, for the one who is answered."""
    made: list[JsonValue] = [{"text": label(each.title)} for each in options[:BUTTONS]]
    rows = _rows(made, _beside([each.title for each in options]))
    markup: Object = {"keyboard": rows, "one_time_keyboard": True, "resize_keyboard": True}
    return markup | {"selective": True} if group else markup


def speaks_by_itself(options: Sequence[Option]) -> bool:
    """Whether each reply says all by its title: replies come back as texts, without a payload."""
    return all(
        each.payload in (None, "", each.title) and label(each.title) == each.title
        for each in options
    )


def callback_data(payload: str) -> str:
    """The payload; of a longer one the beginning and eight digits of its SHA-256, which tell it from its like."""
    if not is_cut(payload):
        return payload
    digest = sha256(payload.encode()).hexdigest()[:8]
    beginning = payload.encode()[: DATA_BYTES - 1 - len(digest)].decode(errors="ignore")
    return f"{beginning}~{digest}"


def is_cut(payload: str) -> bool:
    """Whether a payload is too long to come back whole."""
    return len(payload.encode()) > DATA_BYTES


def opens(url: str | None) -> bool:
    """Whether Telegram takes the address for a button."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https", "tg") and bool(parts.netloc)


def label(title: str) -> str:
    """A title that fits a button and is not empty."""
    return shorten(title.strip() or "…", LABEL)


def _button(pressed: Pressed) -> JsonValue:
    if opens(pressed.url):
        return {"text": label(pressed.title), "url": pressed.url}
    return {"text": label(pressed.title), "callback_data": callback_data(pressed.data or "…")}


def _beside(titles: Sequence[str]) -> int:
    longest = max(map(len, titles), default=0)
    if longest <= _SHORT:
        return 3
    return 2 if longest <= _MIDDLING else 1


def _rows(buttons: list[JsonValue], a_row: int) -> list[JsonValue]:
    return [buttons[at : at + a_row] for at in range(0, len(buttons), a_row)]
