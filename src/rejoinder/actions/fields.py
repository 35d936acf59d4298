"""The fields of a step, bounded: what is longer is cut, what can't be is told and left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from rejoinder.channels.text.split import shorten
from rejoinder.conversations.content import Button, Card, Option
from rejoinder.conversations.written.parts import wrong_address
from rejoinder.text.fold import fold

Data: TypeAlias = Mapping[str, JsonValue]

MOST_BUTTONS = 3
"""On a card, as on LINE's and Messenger's."""

LONGEST_LABEL = 60
"""Characters of a title to tap; platforms show 20 to 64 of them, and shorten by themselves."""

LONGEST_TITLE, LONGEST_TEXT = 80, 300
"""Characters of a card's, as on Messenger and a little more: what is longer belongs into the reply."""

LONGEST_ADDRESS = 1000
"""As behind LINE's buttons."""

LONGEST_PAYLOAD = 200
"""Characters of what comes back, as in WhatsApp's lists; only Telegram has room for less, and its own way with it."""

_NO_WORD = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")


def options(said: JsonValue, problems: list[str]) -> Iterator[Option]:
    """Replies to tap, those with a title."""
    for each in _objects(said):
        if name := _title(each, LONGEST_LABEL):
            yield Option(title=name, payload=_payload(each))
        else:
            problems.append("a reply to tap without a title was left out")


def cards(said: JsonValue, problems: list[str]) -> Iterator[Card]:
    """Cards with a title, each with what of it can be shown."""
    for each in _objects(said):
        name = _title(each, LONGEST_TITLE)
        if not name:
            problems.append("a card without a title was left out")
            continue
        image = text(each.get("image_url"))
        pressed = tuple(_buttons(each.get("buttons"), problems))
        if len(pressed) > MOST_BUTTONS:
            problems.append(f"a card has {len(pressed)} buttons: the first {MOST_BUTTONS} stay")
        yield Card(
            title=name,
            text=shorten(text(each.get("text")), LONGEST_TEXT) or None,
            image_url=image if image and _is_web(image, problems) else None,
            buttons=pressed[:MOST_BUTTONS],
        )


def text(said: JsonValue) -> str:
    """A text without spaces around it, empty where there is none."""
    return said.strip() if isinstance(said, str) else ""


def word(said: JsonValue) -> str:
    """In snake_case, empty where there is none."""
    found = _NO_WORD.sub("_", fold(text(said))).strip("_")[:64].rstrip("_")
    return found if _WORD.fullmatch(found) else ""


def _buttons(said: JsonValue, problems: list[str]) -> Iterator[Button]:
    for each in _objects(said):
        name, url = _title(each, LONGEST_LABEL), text(each.get("url"))
        if not name:
            problems.append("a button without a title was left out")
        elif not url:
            yield Button(title=name, payload=_payload(each))
        elif _is_web(url, problems):
            yield Button(title=name, url=url)


def _is_web(url: str, problems: list[str]) -> bool:
    wrong = list(wrong_address("url", url))
    if len(url) > LONGEST_ADDRESS:
        wrong.append(f"it has more than {LONGEST_ADDRESS} characters")
    problems += (f"{url[:80]!r} was left out: {each}" for each in wrong)
    return not wrong


def _objects(said: JsonValue) -> Iterator[Data]:
    for each in said if isinstance(said, list) else ():
        if isinstance(each, dict):
            yield each


def _title(data: Data, longest: int) -> str:
    """In one line."""
    return shorten(" ".join(text(data.get("title")).split()), longest)


def _payload(data: Data) -> str | None:
    return text(data.get("payload"))[:LONGEST_PAYLOAD].strip() or None
