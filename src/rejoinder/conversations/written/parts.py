"""The parts that can be sent, and what they must hold; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field

from rejoinder.conversations.content import (
    Buttons,
    Carousel,
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
from rejoinder.conversations.written.words import in_words

Sendable: TypeAlias = Annotated[
    Text
    | File
    | Location
    | Contact
    | QuickReplies
    | Buttons
    | ListMenu
    | Carousel
    | Template
    | Reaction,
    Field(discriminator="kind"),
]

LONGEST = 32_768
"""Characters of all texts of a message, as for one that is only text."""

LONGEST_NAME = 240
"""Characters, as of a file that is handed in."""

_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}")

MOST = 50
"""Things to tap in a message; no platform shows as many."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it is stored: `parts` is empty where `text` is all there is."""

    text: str
    parts: tuple[Part, ...] = ()

    @property
    def kind(self) -> str:
        """Of the message."""
        return self.parts[0].kind if self.parts else "text"

    @property
    def media(self) -> tuple[File, ...]:
        """Its files that are ours."""
        return tuple(
            each for each in self.parts if isinstance(each, File) and each.media_id is not None
        )


def written(parts: Sequence[Part]) -> Written:
    """One message of these parts. Raises ValueError saying what can't be sent.

    A message is one request to its platform, so it holds texts, or one other part; texts beside a file become its
    caption.
    """
    others = [each for each in parts if not isinstance(each, Text)]
    texts = [each.text for each in parts if isinstance(each, Text)]
    for number, each in enumerate(parts):
        for wrong in _wrong(each):
            raise ValueError(f"part {number + 1} ({each.kind}): {wrong}")
    whole = Written("\n\n".join(texts))
    if others:
        whole = _with_texts(others, texts)
    if len(whole.text) > LONGEST:
        raise ValueError(f"holds more than {LONGEST} characters")
    return whole


def _with_texts(others: Sequence[Part], texts: Sequence[str]) -> Written:
    one = others[0]
    if len(others) > 1:
        kinds = ", ".join(each.kind for each in others)
        raise ValueError(
            f"one message holds one of these: {kinds}; send each as a message of its own"
        )
    if texts:
        if not isinstance(one, File) or one.text is not None:
            raise ValueError(
                f"write the text into the part {one.kind}, or send it as a message of its own"
            )
        one = one.model_copy(update={"text": "\n\n".join(texts)})
    return Written(in_words(one), (one,))


def _wrong(part: Part) -> Iterator[str]:
    match part:
        case Text():
            yield from _blank("text", part.text)
        case File():
            yield from _file(part)
        case Location():
            yield from _place(part)
        case Contact():
            yield from _card(part)
        case Template():
            yield from _blank("name", part.name)
            yield from _blank("language", part.language)
        case Reaction():
            yield from _blank("of", part.of)
            if part.emoji is not None:
                yield from _blank("emoji", part.emoji)
        case QuickReplies() | Buttons() | ListMenu():
            yield from _blank("text", part.text)
            yield from _menu(part)
        case Carousel():
            yield from _carousel(part)
        case _:
            yield "is something that comes from customers"


def _place(part: Location) -> Iterator[str]:
    if not (-90 <= part.latitude <= 90 and -180 <= part.longitude <= 180):
        yield "latitude is -90 to 90 degrees, longitude -180 to 180"
    if part.url is not None:
        yield from wrong_address("url", part.url)


def _card(part: Contact) -> Iterator[str]:
    yield from _blank("name", part.name)
    if not part.phones and not part.emails:
        yield "a contact has a phone number or an e-mail address"
    for each in (*part.phones, *part.emails):
        yield from _blank("a phone number or e-mail address", each)


def _file(part: File) -> Iterator[str]:
    if (part.url is None) == (part.media_id is None):
        yield "give either url or media_id"
    if part.url is not None:
        yield from wrong_address("url", part.url)
    if part.media_id is not None and _uuid(part.media_id) is None:
        yield "media_id is a UUID"
    if part.filename is not None and not _is_name(part.filename):
        yield f"filename is a name of at most {LONGEST_NAME} characters, without folders and line breaks"
    if part.mime_type is not None and not _TYPE.fullmatch(part.mime_type):
        yield "mime_type is written like image/png"


def _menu(part: QuickReplies | Buttons | ListMenu) -> Iterator[str]:
    match part:
        case QuickReplies():
            titles = [each.title for each in part.options]
        case Buttons():
            titles = [each.title for each in part.buttons]
            for button in part.buttons:
                yield from _button(button.payload, button.url)
        case ListMenu():
            yield from _blank("button", part.button)
            titles = [row.title for section in part.sections for row in section.rows]
    if len(titles) > MOST:
        yield f"there are more than {MOST} things to choose from"
    for title in titles:
        yield from _blank("title", title)


def _carousel(part: Carousel) -> Iterator[str]:
    if len(part.cards) > MOST:
        yield f"there are more than {MOST} cards"
    for card in part.cards:
        if len(card.buttons) > MOST:
            yield f"there are more than {MOST} buttons on a card"
        yield from _blank("title", card.title)
        if card.image_url is not None:
            yield from wrong_address("image_url", card.image_url)
        for button in card.buttons:
            yield from _blank("title", button.title)
            yield from _button(button.payload, button.url)


def _button(payload: str | None, url: str | None) -> Iterator[str]:
    if payload is not None and url is not None:
        yield "a button has a payload or a url, not both"
    if url is not None:
        yield from wrong_address("url", url)


def _blank(name: str, text: str) -> Iterator[str]:
    if not text.strip():
        yield f"{name} must not be blank"


def wrong_address(name: str, url: str) -> Iterator[str]:
    """Why `url`, which stands in the field `name`, is no address that a customer can be sent to."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        good = good and "@" not in parts.netloc and "\\" not in url
    except ValueError:
        good = False
    if not good or len(url) > 4096 or not url.isprintable() or " " in url:
        yield f"{name} is an http:// or https:// address of at most 4096 characters, without a user name"


def _is_name(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST_NAME and not any(
        sign < " " or sign in "/\\\x7f" for sign in text
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
