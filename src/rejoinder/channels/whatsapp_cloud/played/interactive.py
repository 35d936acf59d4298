"""Our table of what can be tapped: buttons, lists, links.

Limits: Meta's OpenAPI description v23.0; those of `cta_url` from whatsapp-api-js 6.2.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias, TypeVar

from pydantic import Field, StringConstraints, model_validator

from rejoinder.channels.whatsapp_cloud.played.basics import (
    Document,
    Form,
    Line,
    Media,
    RowTitle,
    Title,
)


class Header(Form):
    type: Literal["text", "image", "video", "document"]
    text: Line | None = None
    image: Media | None = None
    video: Media | None = None
    document: Document | None = None

    @model_validator(mode="after")
    def _has_its_kind(self) -> Self:
        if getattr(self, self.type) is None:
            raise ValueError(f"{self.type} is needed in a header of that type")
        return self


class Body(Form):
    text: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Footer(Form):
    text: Line


class Reply(Form):
    id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    title: Title


class ReplyButton(Form):
    type: Literal["reply"]
    reply: Reply


class Buttons(Form):
    buttons: Annotated[list[ReplyButton], Field(min_length=1, max_length=3)]

    @model_validator(mode="after")
    def _differ(self) -> Self:
        _apart([each.reply.id for each in self.buttons])
        _apart([each.reply.title for each in self.buttons])
        return self


class Row(Form):
    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    title: RowTitle
    description: Annotated[str, StringConstraints(max_length=72)] | None = None


class Section(Form):
    title: RowTitle | None = None
    rows: Annotated[list[Row], Field(min_length=1, max_length=10)]


class Menu(Form):
    button: Title
    sections: Annotated[list[Section], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _ten_rows(self) -> Self:
        rows = [row for section in self.sections for row in section.rows]
        if len(rows) > 10:
            raise ValueError("a list has 10 rows at most, over all sections")
        if len(self.sections) > 1 and not all(section.title for section in self.sections):
            raise ValueError("of several sections each needs a title")
        _apart([row.id for row in rows])
        return self


class LinkParameters(Form):
    display_text: Title
    url: Annotated[str, StringConstraints(pattern=r"^https?://")]


class Link(Form):
    name: Literal["cta_url"]
    parameters: LinkParameters


_Header = TypeVar("_Header", bound="_Interactive")


class _Interactive(Form):
    body: Body
    header: Header | None = None
    footer: Footer | None = None


class InteractiveButtons(_Interactive):
    type: Literal["button"]
    action: Buttons


class InteractiveList(_Interactive):
    type: Literal["list"]
    action: Menu

    @model_validator(mode="after")
    def _text_above(self) -> Self:
        return _under_text(self)


class InteractiveLink(_Interactive):
    type: Literal["cta_url"]
    action: Link

    @model_validator(mode="after")
    def _text_above(self) -> Self:
        return _under_text(self)


Interactive: TypeAlias = Annotated[
    InteractiveButtons | InteractiveList | InteractiveLink, Field(discriminator="type")
]


def _under_text(interactive: _Header) -> _Header:
    if interactive.header is not None and interactive.header.type != "text":
        raise ValueError("the header of a list or a link is text")
    return interactive


def _apart(values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValueError("ids and titles must differ from each other")
