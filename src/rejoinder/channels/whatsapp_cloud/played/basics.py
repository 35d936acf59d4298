"""What many requests have in common: texts of a length, files, and no field that Meta does not know."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Title: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=20)]
RowTitle: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=24)]
Caption: TypeAlias = Annotated[str, StringConstraints(max_length=1024)]
Some: TypeAlias = Annotated[str, StringConstraints(min_length=1)]


class Form(BaseModel):
    """An object without fields that Meta does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Form):
    body: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    preview_url: bool = False


class Media(Form):
    """A file by its id or by an address."""

    id: Some | None = None
    link: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.id is None) == (self.link is None):
            raise ValueError("either id or link is needed")
        return self


class Captioned(Media):
    caption: Caption | None = None


class Document(Captioned):
    filename: Some | None = None
