"""What a caller says of personas, templates and canned replies, and what is shown of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, field_validator, model_validator

from rejoinder.api.bodies import Body, Name, View
from rejoinder.bots.policies import Word
from rejoinder.bots.voice.templates.check import LONGEST
from rejoinder.bots.voice.templates.context import Context

Said: TypeAlias = Annotated[str, Field(max_length=1_000)]
Rules: TypeAlias = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")], ...],
    Field(max_length=50),
]
Language: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Languages: TypeAlias = Annotated[
    tuple[Language, ...], Field(max_length=20, description="ISO 639-1; none for all.")
]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S")]
Shortcut: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[^\s/][^\s]{0,49}$", description="Without spaces, and without the / before it."
    ),
]


class Change(Body):
    """A change: a field that is there says something."""

    @model_validator(mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        if isinstance(value, dict):
            empty = sorted(
                str(name) for name, held in value.items() if held is None and name != "channel_id"
            )
            if empty:
                raise ValueError(f"{', '.join(empty)[:200]} can't be null; leave it out to keep it")
        return value


class PersonaChange(Change):
    """What of a persona shall be different."""

    name: Name | None = None
    channel_id: Annotated[
        UUID | None, Field(description="The one channel it speaks on; null for all of the bot's.")
    ] = None
    tone: Said | None = None
    formality: Said | None = None
    style: Said | None = None
    languages: Languages | None = None
    dos: Rules | None = None
    donts: Rules | None = None
    greeting: Annotated[
        Said | None, Field(description="Begins the first reply, in the customer's language.")
    ] = None
    signature: Annotated[Said | None, Field(description="Put under every reply.")] = None
    active: bool | None = None
    is_default: Annotated[
        bool | None, Field(description="Goes before the others of the bot, or of its channel.")
    ] = None


class PersonaBody(PersonaChange):
    """A persona to make."""

    name: Name


class PersonaView(View):
    """A persona."""

    persona_id: UUID
    bot_id: UUID
    channel_id: UUID | None
    name: str
    tone: str
    formality: str
    style: str
    languages: list[str]
    dos: list[str]
    donts: list[str]
    greeting: str
    signature: str
    active: bool
    is_default: bool


class TemplateChange(Change):
    """What of a response template shall be different."""

    name: Name | None = None
    text: Text | None = None
    intents: Annotated[
        tuple[Word, ...] | None,
        Field(max_length=50, description="greeting, thanks, goodbye, or the bot's own."),
    ] = None
    languages: Languages | None = None
    condition: Annotated[
        str | None, Field(max_length=LONGEST, description="An expression; empty: always.")
    ] = None
    active: bool | None = None


class TemplateBody(TemplateChange):
    """A response template to make."""

    name: Name
    text: Text


class TemplateView(View):
    """A response template."""

    template_id: UUID
    bot_id: UUID
    name: str
    text: str
    intents: list[str]
    languages: list[str]
    condition: str
    active: bool


class Sample(Body):
    """Whom a template is tried with; what is left out is not known of them."""

    contact_name: Said = ""
    contact_language: Said = ""
    tags: tuple[Said, ...] = ()
    attributes: dict[str, Said] = Field(default_factory=dict)
    persona: Said = ""
    intent: Said = ""
    language: Said = "en"
    entities: dict[str, Said] = Field(default_factory=dict)
    message: Said = ""
    now: AwareDatetime | None = None

    def context(self, bot: str, zone: str) -> Context:
        """As templates know it; `now` is this moment in the bot's time zone where none is given."""
        return Context(
            now=self.now or datetime.now(UTC).astimezone(ZoneInfo(zone)),
            bot=bot,
            persona=self.persona,
            contact=self.contact_name,
            contact_language=self.contact_language,
            tags=self.tags,
            attributes=self.attributes,
            intent=self.intent,
            language=self.language,
            entities=self.entities,
            message=self.message,
        )


class PreviewBody(Body):
    """A template to try, saved or not."""

    text: Text
    condition: Annotated[str, Field(max_length=LONGEST)] = ""
    sample: Sample = Sample()


class Preview(View):
    """What a template makes of its sample, and whether its condition holds."""

    text: str
    holds: bool


class CannedChange(Change):
    """What of a canned reply shall be different."""

    shortcut: Shortcut | None = None
    title: Annotated[str | None, Field(max_length=200)] = None
    text: Text | None = None

    @field_validator("shortcut", mode="before")
    @classmethod
    def _without_slash(cls, value: object) -> object:
        return value.removeprefix("/") if isinstance(value, str) else value


class CannedBody(CannedChange):
    """A canned reply to make."""

    shortcut: Shortcut
    text: Text


class CannedView(View):
    """A canned reply."""

    canned_id: UUID
    shortcut: str
    title: str
    text: str
    created_at: datetime
    updated_at: datetime


class ForConversation(Body):
    """Whom a canned reply is for."""

    conversation_id: UUID


class Rendered(View):
    """The text to send."""

    text: str
