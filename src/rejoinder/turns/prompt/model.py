"""All that a prompt is made of, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from rejoinder.bots.model import Bot
from rejoinder.bots.policies import Mode
from rejoinder.bots.voice.model import Persona
from rejoinder.channels.text.shown import Surface
from rejoinder.llm.model import Attachment, Line, Passage, Prompt, Understanding


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the customer. All of it is their own words, or an operator's: data, fenced.

    `local_time` is now in their time zone. `earlier` conversations came before this one, the newest ended `last_at`;
    `satisfaction` is the mean of what they said of them.
    """

    name: str = ""
    language: str = ""
    time_zone: str = ""
    local_time: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    earlier: int = 0
    last_at: datetime | None = None
    satisfaction: float | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the customer was asked for by `collect_info`: the field's name and the kind of thing, both snake_case."""

    field: str
    kind: str


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """Everything that one prompt may tell.

    `asked` are the unanswered messages in order, together at most `longest_asked` characters; `history` the lines
    before them, oldest first; `passages` best first. `resources` is JSON of the caller's systems. `notes` are what the
    guard found in a first try. `first` says that nobody on the business's side has written in this conversation yet.
    """

    bot: Bot
    asked: tuple[str, ...]
    persona: Persona | None = None
    history: tuple[Line, ...] = ()
    passages: tuple[Passage, ...] = ()
    summary: str = ""
    profile: Profile = field(default_factory=Profile)
    understanding: Understanding | None = None
    surface: Surface | None = None
    awaited: Awaited | None = None
    resources: str = ""
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()
    mode: Mode = "answer"
    first: bool = False

    @property
    def longest_asked(self) -> int:
        """Characters of the unanswered messages that a model is shown."""
        return self.bot.settings.check.longest_question


@dataclass(frozen=True, slots=True)
class Dropped:
    """What did not fit: so many of the oldest `history` lines and of the lowest `passages`; `shortened` names the parts
    that were cut, `left_out` those that were left out whole."""

    history: int = 0
    passages: int = 0
    shortened: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def told(self) -> dict[str, JsonValue]:
        """As an explanation holds it; empty when everything fitted."""
        told: dict[str, JsonValue] = {
            "history": self.history,
            "passages": self.passages,
            "shortened": list(self.shortened),
            "left_out": list(self.left_out),
        }
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Composed:
    """A prompt, what was dropped to keep it within the budget, and its estimated tokens beside the asked messages.

    `passages` of the facts stand in it in the same order, the last ones left out: number n of the prompt is number n
    of the facts.
    """

    prompt: Prompt
    dropped: Dropped
    tokens: int
