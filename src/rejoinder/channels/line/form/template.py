"""Buttons, lists and cards in LINE's best form: a template where it fits, else a Flex message, else numbered lines.

Source: LINE's OpenAPI description, TemplateMessage; the Messaging API reference for what each template holds. All
columns of a carousel must have as many buttons, and a picture each or none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.line.form import flex
from rejoinder.channels.line.form.action import Object, actions, tapped
from rejoinder.channels.line.form.fit import ALT_TEXT, address, clusters, cut_units, units
from rejoinder.conversations.content import Button, Buttons, Card, Carousel, ListMenu

TITLE: Final = 40
CONFIRM: Final = 240
BUTTONS_ALONE, BUTTONS_TITLED = 160, 60
COLUMN_ALONE, COLUMN_TITLED = 120, 60
COLUMNS: Final = 10
_FLEX_TEXT: Final = 2000  # what is longer goes before as a message of its own


def buttons(part: Buttons) -> list[str | Object]:
    """A confirmation for two buttons, a template for up to four, a bubble for more and for long texts."""
    words = _lines(part.header, part.text, part.footer) or part.buttons[0].title
    below = _lines(part.text, part.footer)
    inside: list[JsonValue] = [tapped(each) for each in part.buttons]
    if len(part.buttons) == 2 and clusters(words) <= CONFIRM:
        return [_template(words, {"type": "confirm", "text": words, "actions": inside})]
    if len(part.buttons) <= 4:
        if part.header and below and _fits((part.header, TITLE), (below, BUTTONS_TITLED)):
            named: Object = {"title": part.header, "text": below}
            return [_template(words, {"type": "buttons", **named, "actions": inside})]
        if clusters(words) <= BUTTONS_ALONE:
            return [_template(words, {"type": "buttons", "text": words, "actions": inside})]
    before, rest = _told_before(part.text)
    bubble = flex.flex(words, flex.buttons(part.model_copy(update={"text": rest})))
    return (
        [*before, bubble]
        if bubble
        else [_numbered(words, (_opened(each) for each in part.buttons))]
    )


def menu(part: ListMenu) -> list[str | Object]:
    """A bubble whose rows are tapped."""
    words = _lines(part.header, part.text)
    before, rest = _told_before(part.text)
    bubble = flex.flex(words or part.button, flex.menu(part.model_copy(update={"text": rest})))
    if bubble:
        return [*before, bubble]
    rows = (each for section in part.sections for each in section.rows)
    lines = (" - ".join(filter(None, (row.title, row.description))) for row in rows)
    return [_lines(_numbered(words, lines), part.footer)]


def carousel(part: Carousel) -> list[str | Object]:
    """Carousels of up to ten cards."""
    groups = [part.cards[at : at + COLUMNS] for at in range(0, len(part.cards), COLUMNS)]
    return [each for group in groups for each in _side_by_side(group)]


def _side_by_side(group: tuple[Card, ...]) -> list[str | Object]:
    words = ", ".join(card.title for card in group)
    if columns := _columns(group):
        return [_template(words, {"type": "carousel", "columns": columns})]
    made = flex.flex(words, flex.cards(group))
    return [made] if made else [_numbered("", (_card_lines(card) for card in group))]


def _columns(group: tuple[Card, ...]) -> list[JsonValue] | None:
    """The columns of a template; None where these cards do not fit one."""
    pictured = {bool(card.image_url) for card in group}
    tapping = {len(card.buttons) for card in group}
    if len(pictured) > 1 or len(tapping) > 1 or not tapping <= {1, 2, 3}:
        return None
    worded = {bool(card.text) for card in group}
    if len(worded) > 1:
        return None
    columns = [_column(card) for card in group]
    return None if None in columns else [each for each in columns if each is not None]


def _column(card: Card) -> Object | None:
    image = address(card.image_url) if card.image_url else None
    if card.image_url and image is None:
        return None
    room = COLUMN_TITLED if card.text or image else COLUMN_ALONE
    if not _fits((card.text or card.title, room), (card.title, TITLE if card.text else room)):
        return None
    column: Object = {"text": card.text or card.title, "actions": actions(card)}
    if card.text:
        column["title"] = card.title
    if image:
        column["thumbnailImageUrl"] = image
    return column


def _card_lines(card: Card) -> str:
    return _lines(card.title, card.text, *(_opened(each) for each in card.buttons))


def _template(words: str, template: Object) -> Object:
    return {"type": "template", "altText": cut_units(words, ALT_TEXT), "template": template}


def _told_before(text: str) -> tuple[list[str | Object], str]:
    """What is said before a bubble, and what in it."""
    return ([text], "") if units(text) > _FLEX_TEXT else ([], text)


def _fits(*texts: tuple[str, int]) -> bool:
    return all(clusters(text) <= limit for text, limit in texts)


def _opened(button: Button) -> str:
    return f"{button.title}: {button.url}" if button.url else button.title


def _numbered(words: str, lines: Iterable[str]) -> str:
    return _lines(words, *(f"{number}. {line}" for number, line in enumerate(lines, 1)))


def _lines(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line and line.strip())
