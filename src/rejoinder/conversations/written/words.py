"""A part said in words: what the model, the search and people at a list of messages read; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rejoinder.conversations.content import (
    Button,
    Buttons,
    Carousel,
    Choice,
    Contact,
    File,
    ListMenu,
    Location,
    Part,
    QuickReplies,
    Reaction,
    Template,
    Text,
)


def in_words(part: Part) -> str:
    """The part as a text of one or several lines."""
    return "\n".join(line for line in _lines(part) if line)


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Text():
            yield part.text
        case File():
            yield f"[{part.kind}{f': {part.filename}' if part.filename else ''}]"
            yield part.text or ""
            yield part.url or ""
        case Location():
            place = filter(None, (part.name, part.address))
            yield f"[location: {', '.join([*place, f'{part.latitude:g}, {part.longitude:g}'])}]"
        case Contact():
            yield f"[contact: {', '.join([part.name, *part.phones, *part.emails])}]"
        case QuickReplies() | Buttons() | ListMenu() | Carousel():
            yield from _menu(part)
        case Template():
            filled = f": {', '.join(part.parameters)}" if part.parameters else ""
            yield f"[template {part.name} ({part.language}){filled}]"
        case Choice():
            yield part.title
        case Reaction():
            yield part.emoji or "[reaction taken away]"
        case _:
            yield f"[{part.kind}]"


def _menu(part: QuickReplies | Buttons | ListMenu | Carousel) -> Iterator[str]:
    match part:
        case QuickReplies():
            yield part.text
            yield from _numbered(each.title for each in part.options)
        case Buttons():
            yield from (part.header or "", part.text)
            yield from _numbered(map(_button, part.buttons))
            yield part.footer or ""
        case ListMenu():
            yield from (part.header or "", part.text)
            rows = [row for section in part.sections for row in section.rows]
            yield from _numbered(
                f"{row.title}: {row.description}" if row.description else row.title for row in rows
            )
            yield part.footer or ""
        case Carousel():
            for card in part.cards:
                yield f"{card.title}: {card.text}" if card.text else card.title
                yield from (f"- {_button(each)}" for each in card.buttons)


def _button(button: Button) -> str:
    return f"{button.title} ({button.url})" if button.url else button.title


def _numbered(titles: Iterable[str]) -> Iterator[str]:
    return (f"{number}. {title}" for number, title in enumerate(titles, 1))
