"""What a customer may tap: reply buttons, a list, a link's button; as numbered text where WhatsApp has no room.

Limits: Meta's OpenAPI description v23.0 (body 1024, header and footer 60, 1 to 3 buttons of 20 with ids of 256; the
button of a list 20, rows 10 in all with titles of 24, ids of 200 and descriptions of 72, section titles 24). Titles and
ids must differ within a message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.text.split import shorten
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    ListMenu,
    QuickReplies,
    Row,
    Section,
)
from rejoinder.text.language import language

LONGEST_BODY: Final = 1024
LONGEST_LINE: Final = 60
MOST_BUTTONS: Final = 3
MOST_ROWS: Final = 10
LONGEST_BUTTON: Final = 20
LONGEST_BUTTON_ID: Final = 256
LONGEST_ROW: Final = 24
LONGEST_ROW_ID: Final = 200
LONGEST_DESCRIPTION: Final = 72

_OPENS: Final = {
    "en": "Options",
    "th": "ตัวเลือก",
    "vi": "Lựa chọn",
    "pt": "Opções",
    "es": "Opciones",
}  # on the button that opens a list, in the language of its text, and
_FOLLOWS: Final = {"en": "Open", "th": "เปิด", "vi": "Mở", "pt": "Abrir", "es": "Abrir"}
# on one that leads to an address, where the message gives them no words


@dataclass(frozen=True, slots=True)
class Tappable:
    """One thing to tap: its full title, what comes back, and a list's second line."""

    title: str
    id: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Things to tap under one title."""

    title: str
    items: tuple[Tappable, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """A text with things to tap below, whatever part it comes from. `links` are titles with their addresses."""

    text: str
    groups: tuple[Group, ...]
    links: tuple[tuple[str, str], ...] = ()
    header: str | None = None
    footer: str | None = None
    opens: str | None = None
    image_url: str | None = None

    @property
    def items(self) -> tuple[Tappable, ...]:
        """All that can be tapped."""
        return tuple(item for group in self.groups for item in group.items)

    def introduced(self, words: str) -> Menu:
        """The same below some more words."""
        return replace(self, text=_lines(words, self.text)) if words else self


def menu_of(part: QuickReplies | Buttons | ListMenu | Carousel) -> Menu:
    """The menu that a part means."""
    if isinstance(part, QuickReplies):
        items = tuple(_item(each.title, each.payload) for each in part.options)
        return Menu(part.text, (Group("", items),))
    if isinstance(part, Buttons):
        return Menu(
            part.text,
            (Group("", _replies(part.buttons)),),
            _links(part.buttons),
            part.header,
            part.footer,
        )
    if isinstance(part, ListMenu):
        groups = tuple(_group(each) for each in part.sections)
        return Menu(part.text, groups, (), part.header, part.footer, part.button)
    return _cards(part.cards)


def interactive(menu: Menu) -> dict[str, JsonValue] | None:
    """The menu in the best form of WhatsApp's; None where none holds it, and numbered text must do."""
    text = _lines(menu.header if _long(menu.header) else None, menu.text)
    if len(menu.links) == 1 and not menu.items and not menu.image_url and _is_web(menu.links[0][1]):
        return _framed(menu, _lines(text), "cta_url", _link(menu.links[0], menu.text))
    body = _lines(text, *(f"{title}: {url}" for title, url in menu.links))
    if not menu.items:
        return None
    buttons = None if menu.opens else _buttons(menu.items)
    if buttons is not None:
        return _framed(menu, body, "button", buttons)
    rows = _list(menu)
    return _framed(menu, body, "list", rows) if rows is not None else None


def numbered(menu: Menu) -> str:
    """The menu as text, its items numbered: the customer answers with a number or in words."""
    lines: list[str] = []
    number = 0
    for group in menu.groups:
        if group.title and len(menu.groups) > 1 and group.items:
            lines.append(f"*{group.title}*")  # WhatsApp shows it in bold
        for item in group.items:
            number += 1
            lines.append(
                f"{number}. {item.title}" + (f" – {item.description}" if item.description else "")
            )
    lines += [f"{title}: {url}" for title, url in menu.links]
    return _lines(menu.header, menu.text, "\n".join(lines), menu.footer)


def _item(title: str, payload: str | None, description: str | None = None) -> Tappable:
    return Tappable(title.strip(), (payload or title).strip(), description)


def _replies(buttons: Sequence[Button]) -> tuple[Tappable, ...]:
    return tuple(_item(each.title, each.payload) for each in buttons if each.url is None)


def _links(buttons: Sequence[Button]) -> tuple[tuple[str, str], ...]:
    return tuple((each.title, each.url) for each in buttons if each.url is not None)


def _group(section: Section) -> Group:
    return Group((section.title or "").strip(), tuple(map(_row_item, section.rows)))


def _row_item(row: Row) -> Tappable:
    return _item(row.title, row.payload, row.description)


def _cards(cards: Sequence[Card]) -> Menu:
    """WhatsApp is sent one message, not a row of cards: they become one text, their buttons groups of it."""
    texts = [_lines(f"*{card.title}*", card.text) for card in cards]
    links = [
        (f"{card.title} – {title}" if len(cards) > 1 else title, url)
        for card in cards
        for title, url in _links(card.buttons)
    ]
    return Menu(
        "\n\n".join(texts),
        tuple(Group(card.title.strip(), _replies(card.buttons)) for card in cards),
        tuple(links),
        image_url=next((card.image_url for card in cards if card.image_url), None),
    )


def _framed(
    menu: Menu, body: str, kind: str, action: dict[str, JsonValue]
) -> dict[str, JsonValue] | None:
    body = _lines(body, menu.footer if _long(menu.footer) else None)
    if not body.strip() or len(body) > LONGEST_BODY:
        return None
    framed: dict[str, JsonValue] = {"type": kind, "body": {"text": body}, "action": action}
    if menu.image_url and kind == "button":  # the header of the others is text alone
        framed["header"] = {"type": "image", "image": {"link": menu.image_url}}
    elif menu.header and menu.header.strip() and not _long(menu.header):
        framed["header"] = {"type": "text", "text": menu.header}
    if menu.footer and menu.footer.strip() and not _long(menu.footer):
        framed["footer"] = {"text": menu.footer}
    return framed


def _buttons(items: Sequence[Tappable]) -> dict[str, JsonValue] | None:
    titles = [shorten(item.title, LONGEST_BUTTON) for item in items]
    if len(items) > MOST_BUTTONS or not _tell_apart(titles, items, LONGEST_BUTTON_ID):
        return None
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": item.id, "title": title}}
            for item, title in zip(items, titles, strict=True)
        ]
    }


def _list(menu: Menu) -> dict[str, JsonValue] | None:
    items = menu.items
    titles = [shorten(item.title, LONGEST_ROW) for item in items]
    if len(items) > MOST_ROWS or not _tell_apart(titles, items, LONGEST_ROW_ID):
        return None
    groups = [group for group in menu.groups if group.items]
    sections: list[JsonValue] = []
    for group in groups:
        section: dict[str, JsonValue] = {"rows": [_row(item) for item in group.items]}
        if group.title or len(groups) > 1:  # must be there as soon as there are two
            section["title"] = shorten(group.title, LONGEST_ROW) or str(len(sections) + 1)
        sections.append(section)
    return {
        "button": shorten((menu.opens or "").strip() or _in_its(_OPENS, menu.text), LONGEST_BUTTON),
        "sections": sections,
    }


def _row(item: Tappable) -> dict[str, JsonValue]:
    title = shorten(item.title, LONGEST_ROW)
    cut = item.title if title != item.title else None  # the whole title, where there is room below
    below = " – ".join(each for each in (cut, item.description) if each)
    row: dict[str, JsonValue] = {"id": item.id, "title": title}
    return row | {"description": shorten(below, LONGEST_DESCRIPTION)} if below else row


def _in_its(words: Mapping[str, str], text: str) -> str:
    return words.get(language(text), words["en"])


def _link(link: tuple[str, str], text: str) -> dict[str, JsonValue]:
    title, url = link
    return {
        "name": "cta_url",
        "parameters": {
            "display_text": shorten(title.strip() or _in_its(_FOLLOWS, text), LONGEST_BUTTON),
            "url": url,
        },
    }


def _tell_apart(titles: Sequence[str], items: Sequence[Tappable], longest_id: int) -> bool:
    """Whether each has a title and an id of its own, and no id is too long: one that is cut would come back wrong."""
    ids = [item.id for item in items]
    return (
        all(titles)
        and len(set(titles)) == len(titles)
        and len(set(ids)) == len(ids)
        and all(0 < len(each) <= longest_id for each in ids)
    )


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _long(line: str | None) -> bool:
    return line is not None and len(line) > LONGEST_LINE


def _lines(*texts: str | None) -> str:
    return "\n\n".join(text for text in texts if text and text.strip())
