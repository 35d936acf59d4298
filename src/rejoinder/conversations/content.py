"""What a message may hold beside plain text, both ways: the parts in `messages.content`.

A message's `text` says the same in words, for the model, for search and for people.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

FileKind: TypeAlias = Literal["image", "audio", "video", "document", "sticker"]
FILES: frozenset[str] = frozenset({"image", "audio", "video", "document", "sticker"})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Part):
    """Words."""

    kind: Literal["text"] = "text"
    text: str


class File(_Part):
    """A picture, a voice note, a document. `media_id` is ours, `url` an address anybody can fetch it from."""

    kind: FileKind
    url: str | None = None
    media_id: str | None = None
    text: str | None = None
    filename: str | None = None
    mime_type: str | None = None
    voice: bool = False


class Location(_Part):
    """A place; degrees."""

    kind: Literal["location"] = "location"
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class Contact(_Part):
    """A card of somebody."""

    kind: Literal["contact"] = "contact"
    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


class Option(_Part):
    """A reply the customer may tap; `payload` comes back with it, the title where it is left out."""

    title: str
    payload: str | None = None


class QuickReplies(_Part):
    """A text and replies to tap, which go away afterwards."""

    kind: Literal["quick_replies"] = "quick_replies"
    text: str
    options: tuple[Option, ...] = Field(min_length=1)


class Button(_Part):
    """Sends its payload back (the title where it is left out), or opens an address."""

    title: str
    payload: str | None = None
    url: str | None = None


class Buttons(_Part):
    """A text and buttons that stay."""

    kind: Literal["buttons"] = "buttons"
    text: str
    buttons: tuple[Button, ...] = Field(min_length=1)
    header: str | None = None
    footer: str | None = None


class Row(_Part):
    """A line of a list; `payload` comes back when it is chosen."""

    title: str
    payload: str | None = None
    description: str | None = None


class Section(_Part):
    """Lines of a list under one title."""

    title: str | None = None
    rows: tuple[Row, ...] = Field(min_length=1)


class ListMenu(_Part):
    """A text and a list that `button` opens."""

    kind: Literal["list"] = "list"
    text: str
    button: str
    sections: tuple[Section, ...] = Field(min_length=1)
    header: str | None = None
    footer: str | None = None


class Card(_Part):
    """One card of a carousel."""

    title: str
    text: str | None = None
    image_url: str | None = None
    buttons: tuple[Button, ...] = ()


class Carousel(_Part):
    """Cards side by side."""

    kind: Literal["carousel"] = "carousel"
    cards: tuple[Card, ...] = Field(min_length=1)


class Template(_Part):
    """A message the platform has approved before, by name; `parameters` fill its body's places in order.

    `components` is the platform's own form, for templates with more than a body; it stands instead of `parameters`.
    """

    kind: Literal["template"] = "template"
    name: str
    language: str
    parameters: tuple[str, ...] = ()
    components: list[JsonValue] | None = None


class Choice(_Part):
    """The customer tapped a button, chose from a list or filled in a form. `of` is our message's id at the platform.

    `template` marks a button of a template, which was approved with its words; others are titled as an answer needs.
    """

    kind: Literal["choice"] = "choice"
    title: str
    payload: str | None = None
    description: str | None = None
    of: str | None = None
    form: dict[str, JsonValue] | None = None
    template: Literal[True] | None = None


class Reaction(_Part):
    """An emoji on a message, the platform's id of which is `of`; without an emoji it was taken away."""

    kind: Literal["reaction"] = "reaction"
    emoji: str | None = None
    of: str


class Order(_Part):
    """A shopping cart the customer sent, as its platform puts it."""

    kind: Literal["order"] = "order"
    order: dict[str, JsonValue]


class Unsupported(_Part):
    """Something the platform does not pass on, or nobody here can show; `what` is the platform's word for it."""

    kind: Literal["unsupported"] = "unsupported"
    what: str


Part: TypeAlias = Annotated[
    Text
    | File
    | Location
    | Contact
    | QuickReplies
    | Buttons
    | ListMenu
    | Carousel
    | Template
    | Choice
    | Reaction
    | Order
    | Unsupported,
    Field(discriminator="kind"),
]

_PARTS: TypeAdapter[tuple[Part, ...]] = TypeAdapter(tuple[Part, ...])


def stored(parts: tuple[Part, ...]) -> list[JsonValue]:
    """As `messages.content` holds them."""
    made: list[JsonValue] = _PARTS.dump_python(
        parts, mode="json", exclude_none=True, exclude_defaults=False
    )
    return made


def read(content: list[JsonValue]) -> tuple[Part, ...]:
    """From `messages.content`. Raises pydantic's ValidationError for what is no part."""
    return _PARTS.validate_python(content, strict=False)
