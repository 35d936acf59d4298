"""Flex messages: the form for what LINE's templates are too small for.

Source: LINE's OpenAPI description, FlexMessage; LINE Developers, "Flex Message elements". A bubble may have 30 KB, a
carousel 50 KB and 12 bubbles.
"""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from rejoinder.channels.line.form.action import Object, tapped
from rejoinder.channels.line.form.fit import ALT_TEXT, address, cut_units, size
from rejoinder.conversations.content import Button, Buttons, Card, ListMenu, Row

BUBBLE: Final = 30_000
CAROUSEL: Final = 50_000
_QUIET: Final = "#8C8C8C"


def flex(alt: str, contents: Object) -> Object | None:
    """A message of these contents; None where they are too big for one. `alt` is what notifications show."""
    limit = CAROUSEL if contents["type"] == "carousel" else BUBBLE
    if size(contents) > limit:
        return None
    return {"type": "flex", "altText": cut_units(alt, ALT_TEXT), "contents": contents}


def buttons(part: Buttons) -> Object:
    """A bubble with any number of buttons."""
    body = [
        *([_text(part.header, weight="bold", size="lg")] if part.header else []),
        *([_text(part.text)] if part.text else []),
        *([_text(part.footer, size="sm", color=_QUIET)] if part.footer else []),
    ]
    return _bubble(body, part.buttons)


def menu(part: ListMenu) -> Object:
    """A list, open: each row is tapped as a whole, so that titles and descriptions stand there in full."""
    body = [
        *([_text(part.header, weight="bold", size="lg")] if part.header else []),
        *([_text(part.text)] if part.text else []),
    ]
    for section in part.sections:
        body.append({"type": "separator"})
        if section.title:
            body.append(_text(section.title, weight="bold", size="sm", color=_QUIET))
        body += [_row(each) for each in section.rows]
    if part.footer:
        body.append(_text(part.footer, size="sm", color=_QUIET))
    return _bubble(body)


def cards(group: tuple[Card, ...]) -> Object:
    """Cards that differ in their buttons or pictures, side by side."""
    return {"type": "carousel", "contents": [_card(each) for each in group]}


def _card(card: Card) -> Object:
    body = [
        _text(card.title, weight="bold", size="lg"),
        *([_text(card.text)] if card.text else []),
    ]
    bubble = _bubble(body, card.buttons)
    if card.image_url and (url := address(card.image_url)):
        bubble["hero"] = {
            "type": "image",
            "url": url,
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
        }
    return bubble


def _bubble(body: list[Object], tapping: tuple[Button, ...] = ()) -> Object:
    bubble: Object = {"type": "bubble", "body": _column(body)}
    if tapping:
        bubble["footer"] = _column(
            [
                {"type": "button", "style": "link", "height": "sm", "action": tapped(each)}
                for each in tapping
            ]
        )
    return bubble


def _column(contents: list[Object]) -> Object:
    inside: list[JsonValue] = [*contents]
    return {"type": "box", "layout": "vertical", "spacing": "md", "contents": inside}


def _row(row: Row) -> Object:
    shown = [
        _text(row.title, color="#06723A"),
        *([_text(row.description, size="sm", color=_QUIET)] if row.description else []),
    ]
    inside: list[JsonValue] = [*shown]
    return {
        "type": "box",
        "layout": "vertical",
        "paddingAll": "sm",
        "action": tapped(row),
        "contents": inside,
    }


def _text(text: str, **look: str) -> Object:
    return {"type": "text", "text": text, "wrap": True, **look}
