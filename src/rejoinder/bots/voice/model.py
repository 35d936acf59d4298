"""A persona, and all that a bot speaks with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Persona:
    """A voice of a bot, on one channel or, `channel_id` being None, on all. Empty texts say nothing.

    `languages` are ISO 639-1 codes it speaks, none for every language. `greeting` begins the first reply of a
    conversation, in the model's words; `signature` is put under replies as it stands.
    """

    persona_id: UUID
    bot_id: UUID
    channel_id: UUID | None
    name: str
    tone: str = ""
    formality: str = ""
    style: str = ""
    languages: tuple[str, ...] = ()
    dos: tuple[str, ...] = ()
    donts: tuple[str, ...] = ()
    greeting: str = ""
    signature: str = ""
    active: bool = True
    is_default: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """An answer that needs no model, for messages that hold nothing but one of `intents`.

    It is for `languages` (ISO 639-1), all where there are none, and only where `condition` holds, if there is one.
    `text` and `condition` are Jinja2's.
    """

    template_id: UUID
    bot_id: UUID
    name: str
    text: str
    intents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    condition: str = ""
    active: bool = True
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """The active personas and templates of one bot, oldest first."""

    personas: tuple[Persona, ...] = ()
    templates: tuple[Template, ...] = ()
