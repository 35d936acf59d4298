"""Quick replies, buttons, lists and carousels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rejoinder.channels.telegram.compose.form import (
    CAPTION,
    TEXT,
    Sending,
    joined,
    message,
    pressable,
)
from rejoinder.channels.telegram.compose.keyboard import (
    BUTTONS,
    Pressed,
    opens,
    replies,
    speaks_by_itself,
)
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    ListMenu,
    QuickReplies,
    Section,
)


def quick_replies(part: QuickReplies, before: Sequence[str], *, group: bool) -> Sending:
    """In place of the keyboard; as buttons where a payload is to come back, which replies don't bring."""
    asked = message(*before, part.text, _unshown([each.title for each in part.options]))
    if speaks_by_itself(part.options):
        markup = replies(part.options, group=group)
        return Sending(asked.method, asked.fields | {"reply_markup": markup})
    return pressable(asked, tuple(Pressed(each.title, each.payload) for each in part.options))


def buttons(part: Buttons, before: Sequence[str]) -> Sending:
    """Under the text; an address that Telegram opens from no button stands in the text."""
    shown = message(
        *before,
        part.header,
        part.text,
        _addresses(part.buttons),
        _unshown([each.title for each in part.buttons]),
        part.footer,
    )
    return pressable(shown, _pressed(part.buttons))


def menu(part: ListMenu, before: Sequence[str]) -> Sending:
    """A button a row; sections and what is told of the rows stand in the text, as far as that takes them."""
    rows = tuple(Pressed(each.title, each.payload) for one in part.sections for each in one.rows)
    about = "\n".join(_about(part.sections))
    unshown = _unshown([each.title for each in rows])
    long = joined(*before, part.header, part.text, about, unshown, part.footer)
    pieces = (part.header, part.text, about if len(long) <= TEXT else None, unshown, part.footer)
    return pressable(message(*before, *pieces), rows, one_a_row=True)


def carousel(part: Carousel, before: Sequence[str]) -> Sending:
    """All cards numbered in one text, with all their buttons; under the first picture where the text fits there."""
    several = len(part.cards) > 1
    cards = [_card(each, number if several else 0) for number, each in enumerate(part.cards, 1)]
    pressed = tuple(
        Pressed(f"{number}. {each.title}" if several else each.title, each.data, each.url)
        for number, card in enumerate(part.cards, 1)
        for each in _pressed(card.buttons)
    )
    text = joined(*before, *cards)
    picture = next((each.image_url for each in part.cards if opens(each.image_url)), None)
    if picture is not None and len(text) <= CAPTION:
        return pressable(Sending("sendPhoto", {"photo": picture, "caption": text}), pressed)
    return pressable(message(text), pressed)


def _pressed(found: Sequence[Button]) -> tuple[Pressed, ...]:
    """All that can be pressed; one that opens what Telegram does not is left out."""
    return tuple(
        Pressed(each.title, each.payload, each.url)
        for each in found
        if each.url is None or opens(each.url)
    )


def _addresses(found: Sequence[Button]) -> str:
    """The addresses that no button opens."""
    others = (each for each in found if each.url is not None and not opens(each.url))
    return "\n".join(f"{each.title}: {each.url}" for each in others)


def _about(sections: Sequence[Section]) -> Iterator[str]:
    """Titles of sections, and rows that say more than their title."""
    for section in sections:
        if section.title:
            yield f"{section.title}:" if len(sections) > 1 else section.title
        for row in section.rows:
            if row.description:
                yield f"- {row.title}: {row.description}"


def _unshown(titles: Sequence[str]) -> str:
    """With more than can be pressed, all of them in words."""
    if len(titles) <= BUTTONS:
        return ""
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))


def _card(card: Card, number: int) -> str:
    title = f"{number}. {card.title}" if number else card.title
    return "\n".join(filter(None, (title, card.text, _addresses(card.buttons))))
