"""What the methods take, in tables of our own.

Source: Bot API, the methods and types that are named here; only what we send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import JsonValue

from rejoinder.channels.telegram.compose.form import CAPTION, TEXT
from rejoinder.channels.telegram.compose.keyboard import DATA_BYTES
from rejoinder.channels.telegram.parse.reading import Json, record, records

Of: TypeAlias = Literal["number", "whole", "text", "yes_no", "object", "list", "file"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field is: its type, whether it must be there, and its greatest length in characters."""

    of: Of
    required: bool = True
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong. Telegram passes over what it does not know, and refuses the rest in these words."""

    words: str
    taken: bool = False


Table: TypeAlias = Mapping[str, Rule]

_CHAT: Final[Table] = {"chat_id": Rule("whole")}
_AROUND: Final[Table] = {
    **_CHAT,
    "reply_parameters": Rule("object", required=False),
    "reply_markup": Rule("object", required=False),
    "disable_notification": Rule("yes_no", required=False),
}
_CAPTION: Final[Table] = {"caption": Rule("text", required=False, most=CAPTION)}
_PLACE: Final[Table] = {"latitude": Rule("number"), "longitude": Rule("number")}

SENDS: Final[Mapping[str, Table]] = {
    "sendMessage": {**_AROUND, "text": Rule("text", most=TEXT)},
    "sendPhoto": {**_AROUND, **_CAPTION, "photo": Rule("file")},
    "sendAnimation": {**_AROUND, **_CAPTION, "animation": Rule("file")},
    "sendVoice": {**_AROUND, **_CAPTION, "voice": Rule("file")},
    "sendAudio": {**_AROUND, **_CAPTION, "audio": Rule("file")},
    "sendVideo": {**_AROUND, **_CAPTION, "video": Rule("file")},
    "sendDocument": {**_AROUND, **_CAPTION, "document": Rule("file")},
    "sendSticker": {**_AROUND, "sticker": Rule("file")},
    "sendLocation": {**_AROUND, **_PLACE},
    "sendVenue": {**_AROUND, **_PLACE, "title": Rule("text"), "address": Rule("text")},
    "sendContact": {**_AROUND, "phone_number": Rule("text"), "first_name": Rule("text")},
}
"""Methods that send a message."""

OTHERS: Final[Mapping[str, Table]] = {
    "getMe": {},
    "getWebhookInfo": {},
    "getFile": {"file_id": Rule("text")},
    "sendChatAction": {**_CHAT, "action": Rule("text")},
    "answerCallbackQuery": {
        "callback_query_id": Rule("text"),
        "text": Rule("text", required=False, most=200),
    },
    "setWebhook": {
        "url": Rule("text"),
        "secret_token": Rule("text", required=False, most=256),
        "allowed_updates": Rule("list", required=False),
        "max_connections": Rule("whole", required=False),
    },
}

_MARKUPS: Final = {
    "inline_keyboard": frozenset({"inline_keyboard"}),
    "keyboard": frozenset(
        {"keyboard", "one_time_keyboard", "resize_keyboard", "selective", "is_persistent"}
    ),
    "remove_keyboard": frozenset({"remove_keyboard", "selective"}),
}


def wrongs(given: Json, table: Table) -> Iterator[Wrong]:
    """All that is wrong with a call's fields."""
    for name in given.keys() - table.keys():
        yield Wrong(f"{name} is not known", taken=True)
    for name, rule in table.items():
        value = given.get(name)
        if value in (None, ""):
            if rule.required:
                yield Wrong(_EMPTY.get(name, f"{name} is empty"))
        elif not _fits(value, rule.of):
            yield Wrong(f"can't parse {name}: it must be a {rule.of}")
        elif rule.most is not None and isinstance(value, str) and len(value) > rule.most:
            yield Wrong(_LONG.get(name, f"{name} is too long"))
    if isinstance(given.get("reply_markup"), dict):
        yield from _markup(record(given["reply_markup"]))


def pressed(markup: Json) -> list[Json]:
    """All buttons of a markup, inline ones or replies."""
    rows = markup.get("inline_keyboard") or markup.get("keyboard")
    return [each for row in rows for each in records(row)] if isinstance(rows, list) else []


_EMPTY: Final = {"text": "message text is empty", "chat_id": "chat_id is empty"}
_LONG: Final = {"text": "message is too long", "caption": "message caption is too long"}


def _fits(value: JsonValue, of: Of) -> bool:
    match of:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "text":
            return isinstance(value, str)
        case "yes_no":
            return isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
        case "list":
            return isinstance(value, list)
        case "file":
            return isinstance(value, str)


def _markup(markup: Json) -> Iterator[Wrong]:
    kind = next((each for each in _MARKUPS if each in markup), None)
    if kind is None:
        yield Wrong("object expected as reply markup")
        return
    for name in markup.keys() - _MARKUPS[kind]:
        yield Wrong(f"reply_markup.{name} is not known", taken=True)
    for button in pressed(markup):
        yield from _inline(button) if kind == "inline_keyboard" else _reply(button)


def _inline(button: Json) -> Iterator[Wrong]:
    if not button.get("text") or not isinstance(button["text"], str):
        yield Wrong("inline keyboard button text must not be empty")
    actions = button.keys() - {"text"}
    if len(actions) != 1 or not actions <= {"callback_data", "url"}:
        yield Wrong("text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data", "-")
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA_BYTES:
        yield Wrong("BUTTON_DATA_INVALID")
    url = button.get("url", "https://-")
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "tg://")):
        yield Wrong("BUTTON_URL_INVALID")


def _reply(button: Json) -> Iterator[Wrong]:
    if not button.get("text") or not isinstance(button["text"], str):
        yield Wrong("keyboard button text must not be empty")
    for name in button.keys() - {"text"}:
        yield Wrong(f"keyboard button {name} is not known", taken=True)
