"""What the Cloud API takes: our own table of its fields and limits, which a request is held against.

Names and limits: Meta's OpenAPI description v23.0 and "Messages"; `recipient` from "Business-scoped user IDs". Meta's
description is no validator: none of its own examples passes it.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, JsonValue, StringConstraints, TypeAdapter, model_validator

from rejoinder.channels.whatsapp_cloud.played.basics import (
    Captioned,
    Document,
    Form,
    Media,
    Some,
    Text,
)
from rejoinder.channels.whatsapp_cloud.played.interactive import Interactive


class Location(Form):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    name: str | None = None
    address: str | None = None


class Name(Form):
    formatted_name: Some
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None

    @model_validator(mode="after")
    def _has_a_piece(self) -> Self:
        if not any((self.first_name, self.last_name, self.middle_name, self.prefix, self.suffix)):
            raise ValueError("a piece of the name is needed beside formatted_name")
        return self


class Phone(Form):
    phone: Some
    type: str | None = None
    wa_id: str | None = None


class Email(Form):
    email: Some
    type: str | None = None


class Contact(Form):
    name: Name
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    addresses: tuple[dict[str, JsonValue], ...] = ()
    urls: tuple[dict[str, JsonValue], ...] = ()
    org: dict[str, JsonValue] | None = None
    birthday: str | None = None


class Reaction(Form):
    message_id: Some
    emoji: str


class Language(Form):
    code: Some
    policy: Literal["deterministic"] | None = None


class Component(Form):
    type: Literal["header", "body", "button", "carousel", "limited_time_offer"]
    sub_type: str | None = None
    index: str | int | None = None
    parameters: tuple[dict[str, JsonValue], ...] = ()
    cards: tuple[dict[str, JsonValue], ...] = ()


class Template(Form):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Language
    components: tuple[Component, ...] = ()


Kind: TypeAlias = Literal[
    "text",
    "image",
    "video",
    "document",
    "audio",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
]


_IN_GROUPS = frozenset({"text", "image", "video", "document", "audio", "sticker", "template"})


class Context(Form):
    message_id: Some


class Message(Form):
    """A send: the object that its type names, and no other."""

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual", "group"] = "individual"
    to: Some | None = None
    recipient: Some | None = None
    type: Kind = "text"
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, StringConstraints(max_length=512)] | None = None
    text: Text | None = None
    image: Captioned | None = None
    video: Captioned | None = None
    document: Document | None = None
    audio: Media | None = None
    sticker: Media | None = None
    location: Location | None = None
    contacts: Annotated[list[Contact], Field(min_length=1, max_length=5)] | None = None
    reaction: Reaction | None = None
    interactive: Interactive | None = None
    template: Template | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.to or self.recipient):
            raise ValueError("to or recipient is needed")
        if getattr(self, self.type) is None:
            raise ValueError(f"{self.type} is needed in a message of that type")
        if self.recipient_type == "group" and self.type not in _IN_GROUPS:
            raise ValueError(f"a group takes no message of the type {self.type}")
        return self


class Typing(Form):
    type: Literal["text"]


class Read(Form):
    """A read mark, with or without the typing indicator."""

    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: Annotated[str, StringConstraints(pattern=r"^wamid\.")]
    typing_indicator: Typing | None = None


MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
READ: TypeAdapter[Read] = TypeAdapter(Read)
