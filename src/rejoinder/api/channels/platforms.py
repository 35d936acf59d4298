"""`GET /api/v1/platforms`: which chat platforms there are, and what each takes and can do."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel

from rejoinder.channels.connect.given import is_needed
from rejoinder.channels.port import adapter as port
from rejoinder.channels.registry import platform, platforms
from rejoinder.errors import Setup


class FieldView(BaseModel):
    """Something to give: `where` the vendor shows it, whether it is `needed`, and `made` up here if left out."""

    name: str
    title: str
    where: str
    secret: bool
    needed: bool
    made: bool
    pattern: str | None
    usual: str | None

    @classmethod
    def of(cls, field: port.Field) -> Self:
        """The view of a field."""
        return cls(
            name=field.name,
            title=field.title,
            where=field.where,
            secret=field.secret,
            needed=is_needed(field),
            made=field.made,
            pattern=field.pattern,
            usual=field.usual,
        )


class LimitsView(BaseModel):
    """A message's longest `text` in `unit`s (utf16: UTF-16 code units), and how much may go when; times in seconds."""

    text: int
    unit: str
    caption: int | None
    together: int
    per_second: float | None
    recipient_seconds: float | None
    window_seconds: float | None


class CapabilitiesView(BaseModel):
    """What it can show and tell; parts that are not among `kinds` are sent in words."""

    kinds: list[str]
    typing: bool
    read_mark: bool
    receipts: bool
    echoes: bool
    groups: bool
    edits: bool


class PlatformView(BaseModel):
    """A chat platform; `broken` says why a package that provides it can't be used."""

    name: str
    title: str
    broken: str | None = None
    credentials: list[FieldView] = []
    settings: list[FieldView] = []
    limits: LimitsView | None = None
    capabilities: CapabilitiesView | None = None
    setup: str = ""

    @classmethod
    def of(cls, name: str) -> Self:
        """The view of a platform of the registry."""
        try:
            adapter = platform(name)
        except Setup as broken:
            return cls(name=name, title=name, broken=broken.detail)
        assert adapter is not None, "the registry names it"
        limits, can = adapter.limits, adapter.capabilities
        return cls(
            name=name,
            title=adapter.title,
            credentials=[FieldView.of(each) for each in adapter.credentials],
            settings=[FieldView.of(each) for each in adapter.settings],
            limits=LimitsView(
                text=limits.text,
                unit=limits.unit,
                caption=limits.caption,
                together=limits.together,
                per_second=limits.per_second,
                recipient_seconds=limits.recipient_seconds,
                window_seconds=limits.window.total_seconds() if limits.window else None,
            ),
            capabilities=CapabilitiesView(
                kinds=sorted(can.kinds),
                typing=can.typing,
                read_mark=can.read_mark,
                receipts=can.receipts,
                echoes=can.echoes,
                groups=can.groups,
                edits=can.edits,
            ),
            setup=adapter.setup,
        )


def all_platforms() -> list[PlatformView]:
    """Those that come with the program first."""
    return [PlatformView.of(name) for name in platforms()]
