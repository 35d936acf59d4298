"""What a message object may hold: our own tables, from LINE's descriptions and reference.

A wrong field is one that LINE answers 400 for; an unknown one it may ignore, so that is told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import JsonValue

from rejoinder.channels.line.form.fit import clusters, size, units


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and where: `messages[0].text`. `taken` says that LINE takes it all the same."""

    message: str
    where: str
    taken: bool = False


Kind: TypeAlias = Literal["text", "whole", "number", "https", "uri", "list", "object", "yes_no"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A field. `most` is its longest text in `unit`s, or its greatest number of entries."""

    kind: Kind
    required: bool = True
    most: int | None = None
    unit: Literal["utf16", "clusters"] = "utf16"
    least: int = 1


_TEXT: Final = Rule("text")
_FREE: Final = Rule("text", required=False)
_FILE: Final = Rule("https", most=2000)
_TITLE: Final = Rule("text", required=False, most=40, unit="clusters")
_LABEL: Final = Rule("text", most=20, unit="clusters")
_DEGREES: Final = Rule("number")
_ALT: Final = Rule("text", most=400)

MESSAGES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "text": {"text": Rule("text", most=5000), "emojis": Rule("list", required=False, most=20)},
    "image": {"originalContentUrl": _FILE, "previewImageUrl": _FILE},
    "video": {"originalContentUrl": _FILE, "previewImageUrl": _FILE, "trackingId": _FREE},
    "audio": {"originalContentUrl": _FILE, "duration": Rule("whole")},
    "location": {
        "title": Rule("text", most=100),
        "address": Rule("text", most=100),
        "latitude": _DEGREES,
        "longitude": _DEGREES,
    },
    "sticker": {"packageId": _TEXT, "stickerId": _TEXT, "quoteToken": _FREE},
    "template": {"altText": _ALT, "template": Rule("object")},
    "flex": {"altText": _ALT, "contents": Rule("object")},
}
TEMPLATES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "buttons": {
        "title": _TITLE,
        "text": Rule("text", most=160, unit="clusters"),
        "thumbnailImageUrl": Rule("https", required=False, most=2000),
        "actions": Rule("list", most=4),
    },
    "confirm": {
        "text": Rule("text", most=240, unit="clusters"),
        "actions": Rule("list", most=2, least=2),
    },
    "carousel": {"columns": Rule("list", most=10)},
}
COLUMN: Final[Mapping[str, Rule]] = {
    "title": _TITLE,
    "text": Rule("text", most=120, unit="clusters"),
    "thumbnailImageUrl": Rule("https", required=False, most=2000),
    "actions": Rule("list", most=3),
}
ACTIONS: Final[Mapping[str, Mapping[str, Rule]]] = {
    "message": {"label": _LABEL, "text": Rule("text", most=300, unit="clusters")},
    "postback": {
        "label": _LABEL,
        "data": Rule("text", most=300),
        "displayText": Rule("text", required=False, most=300, unit="clusters"),
    },
    "uri": {"label": _LABEL, "uri": Rule("uri", most=1000)},
}
BUBBLE: Final[Mapping[str, Rule]] = {
    name: Rule("object", required=False) for name in ("header", "hero", "body", "footer", "styles")
}
_WITH_TITLE: Final = 60
_SCHEMES: Final = frozenset({"http", "https", "line", "tel"})
_BUBBLE_BYTES, _CAROUSEL_BYTES, _BUBBLES = 30_000, 50_000, 12


def wrongs(messages: JsonValue) -> Iterator[Wrong]:
    """All that is wrong with a request's `messages`."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        yield Wrong("Size must be between 1 and 5", "messages")
        return
    for number, each in enumerate(messages):
        yield from _message(each, f"messages[{number}]")


def _message(message: JsonValue, where: str) -> Iterator[Wrong]:
    if not isinstance(message, dict) or message.get("type") not in MESSAGES:
        yield Wrong(f"Must be one of the following values: {sorted(MESSAGES)}", f"{where}.type")
        return
    kind = str(message["type"])
    yield from fields(message, MESSAGES[kind], where, more=("type", "quickReply", "sender"))
    if kind == "template":
        yield from _template(message.get("template"), f"{where}.template")
    if kind == "flex":
        yield from _flex(message.get("contents"), f"{where}.contents")
    if "quickReply" in message:
        replies = message["quickReply"]
        items = replies.get("items") if isinstance(replies, dict) else None
        yield from _actions(items, f"{where}.quickReply.items", 13, inside="action")


def _template(template: JsonValue, where: str) -> Iterator[Wrong]:
    if not isinstance(template, dict) or template.get("type") not in TEMPLATES:
        yield Wrong(f"Must be one of the following values: {sorted(TEMPLATES)}", f"{where}.type")
        return
    kind = str(template["type"])
    yield from fields(template, TEMPLATES[kind], where, more=("type",))
    if kind == "carousel":
        yield from _columns(template.get("columns"), f"{where}.columns")
        return
    yield from _titled(template, where)
    yield from _actions(template.get("actions"), f"{where}.actions", 4)


def _columns(columns: JsonValue, where: str) -> Iterator[Wrong]:
    found = (
        [each for each in columns if isinstance(each, dict)] if isinstance(columns, list) else []
    )
    for number, column in enumerate(found):
        yield from fields(column, COLUMN, f"{where}[{number}]")
        yield from _titled(column, f"{where}[{number}]")
        yield from _actions(column.get("actions"), f"{where}[{number}].actions", 3)
    forms = {(_length(each), "thumbnailImageUrl" in each, "title" in each) for each in found}
    if len(forms) > 1:
        yield Wrong(
            "All columns must have as many actions, an image or a title each or none", where
        )


def _length(column: Mapping[str, JsonValue]) -> int:
    actions = column.get("actions")
    return len(actions) if isinstance(actions, list) else 0


def _titled(shown: Mapping[str, JsonValue], where: str) -> Iterator[Wrong]:
    text = shown.get("text")
    named = "title" in shown or "thumbnailImageUrl" in shown
    if named and isinstance(text, str) and clusters(text) > _WITH_TITLE:
        yield Wrong(f"Length must be between 1 and {_WITH_TITLE}", f"{where}.text")


def _actions(
    actions: JsonValue, where: str, most: int, *, inside: str | None = None
) -> Iterator[Wrong]:
    if not isinstance(actions, list) or not 1 <= len(actions) <= most:
        yield Wrong(f"Size must be between 1 and {most}", where)
        return
    for number, each in enumerate(actions):
        action = each.get(inside) if inside and isinstance(each, dict) else each
        yield from _action(action, f"{where}[{number}]" + (f".{inside}" if inside else ""))


def _action(action: JsonValue, where: str) -> Iterator[Wrong]:
    if not isinstance(action, dict) or action.get("type") not in ACTIONS:
        yield Wrong(f"Must be one of the following values: {sorted(ACTIONS)}", f"{where}.type")
        return
    yield from fields(action, ACTIONS[str(action["type"])], where, more=("type",))


def _flex(contents: JsonValue, where: str) -> Iterator[Wrong]:
    if not isinstance(contents, dict) or contents.get("type") not in ("bubble", "carousel"):
        yield Wrong("Must be one of the following values: [bubble, carousel]", f"{where}.type")
        return
    bubbles = contents.get("contents") if contents["type"] == "carousel" else [contents]
    if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= _BUBBLES:
        yield Wrong(f"Size must be between 1 and {_BUBBLES}", f"{where}.contents")
        return
    if size(contents) > (_CAROUSEL_BYTES if contents["type"] == "carousel" else _BUBBLE_BYTES):
        yield Wrong("It is too big", where)
    for number, each in enumerate(bubbles):
        if isinstance(each, dict):
            yield from fields(each, BUBBLE, f"{where}[{number}]", more=("type", "size", "action"))
        yield from _inside(each, f"{where}[{number}]")


def _inside(value: JsonValue, where: str) -> Iterator[Wrong]:
    """Walks a bubble: texts say something, pictures come by https, actions are whole."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _inside(each, f"{where}[{number}]")
    if not isinstance(value, dict):
        return
    if value.get("type") == "text" and not value.get("text"):
        yield Wrong("May not be empty", f"{where}.text")
    if value.get("type") == "image":
        yield from _field(value.get("url"), _FILE, f"{where}.url")
    for name, each in value.items():
        yield from (
            _action(each, f"{where}.{name}")
            if name == "action"
            else _inside(each, f"{where}.{name}")
        )


def fields(
    found: Mapping[str, JsonValue],
    rules: Mapping[str, Rule],
    where: str,
    *,
    more: tuple[str, ...] = (),
) -> Iterator[Wrong]:
    """What is wrong with an object by a table; `more` are fields looked at elsewhere."""
    before = f"{where}." if where else ""
    for name, rule in rules.items():
        if name in found:
            yield from _field(found[name], rule, before + name)
        elif rule.required:
            yield Wrong("May not be empty", before + name)
    for name in found.keys() - rules.keys() - set(more):
        yield Wrong("The description has no such field", before + name, taken=True)


def _field(value: JsonValue, rule: Rule, where: str) -> Iterator[Wrong]:
    if not _is(value, rule.kind):
        yield Wrong(f"Must be of the type {rule.kind}", where)
        return
    if isinstance(value, str):
        length = clusters(value) if rule.unit == "clusters" else units(value)
    elif isinstance(value, list):
        length = len(value)
    else:
        return
    if length < rule.least or (rule.most is not None and length > rule.most):
        yield Wrong(f"Length must be between {rule.least} and {rule.most}", where)


def _is(value: JsonValue, kind: Kind) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and bool(value.strip())
        case "https":
            return isinstance(value, str) and value.isascii() and urlsplit(value).scheme == "https"
        case "uri":
            return isinstance(value, str) and value.isascii() and urlsplit(value).scheme in _SCHEMES
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool) and value > 0
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "yes_no":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
