"""What is known when a turn is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots.model import Bot
from rejoinder.bots.policies import Mode
from rejoinder.bots.voice.model import Persona, Voice
from rejoinder.bots.voice.persona import pick
from rejoinder.text.zones import zone
from rejoinder.turns.model import Asked


@dataclass(frozen=True, slots=True)
class Profile:
    """Who writes, as far as it is known, and what their conversation is held to.

    `attributes` are what they told when they were asked, or an operator wrote down; `earlier` counts their other
    conversations, the last of which began at `earlier_at`; `satisfaction` is the mean of what they said of those.
    `auto_response` off: nothing is sent unasked. `summary` tells what was said up to `summary_seq`; `collecting` is
    what they were asked for (actions.collect).
    """

    channel_id: UUID
    display_name: str | None
    attributes: Mapping[str, JsonValue]
    tags: frozenset[str]
    language: str | None
    time_zone: str | None
    earlier: int
    earlier_at: datetime | None
    satisfaction: float | None
    auto_response: bool
    summary: str
    summary_seq: int
    collecting: Mapping[str, JsonValue] | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """The bot and its voice, the unanswered messages, what came before them, and who writes."""

    bot: Bot
    asked: tuple[Asked, ...]
    history: tuple[Asked, ...]
    profile: Profile
    voice: Voice = field(default_factory=Voice)

    @property
    def persona(self) -> Persona | None:
        """Who speaks here."""
        return pick(self.voice.personas, self.profile.channel_id)

    @property
    def has_files(self) -> bool:
        """Whether an unanswered message came with a file; nothing more than its content is asked for that."""
        return any(message.files for message in self.asked)

    @property
    def texts(self) -> list[str]:
        """The customer's unanswered words; what was heard in a recording stands for it."""
        return [text for message in self.asked if (text := message.heard or message.text)]

    @property
    def resources(self) -> JsonValue:
        """What the caller's systems told of the customer with the newest message that tells anything."""
        return next((each.resources for each in reversed(self.asked) if each.resources), None)

    @property
    def mode(self) -> Mode:
        """What the bot may do here: a conversation may be held to drafts."""
        mode = self.bot.settings.mode
        return "draft" if mode == "answer" and not self.profile.auto_response else mode

    @property
    def zone(self) -> str:
        """The contact's time zone, the bot's where theirs is not known here, UTC where neither is."""
        names = (self.profile.time_zone, self.bot.settings.understand.time_zone)
        return next((each for each in names if each and zone(each)), "UTC")

    @property
    def local_time(self) -> datetime:
        """What the contact's clock shows."""
        return self.profile.now.astimezone(zone(self.zone) or UTC)

    @property
    def complaints(self) -> int:
        """In how many turns before this one the customer complained, as far back as the bot reads."""
        return len({each.turn_id for each in self.history if "complain" in (each.intent or "")})

    @property
    def unknowing(self) -> int:
        """How many answers in a row, up to the last, knew nothing."""
        count = 0
        for each in reversed(self.own_replies):
            if each.known is not False:
                break
            count += 1
        return count

    @property
    def unsummarised(self) -> int:
        """How many messages of the history no summary tells of."""
        return sum(each.seq > self.profile.summary_seq for each in self.history)

    @property
    def first(self) -> bool:
        """Whether the bot has said nothing in this conversation so far."""
        return not self.profile.summary_seq and not any(
            each.sender_type == "ai" for each in self.history
        )

    @property
    def own_replies(self) -> list[Asked]:
        """What the bot said, oldest first."""
        return [each for each in self.history if each.sender_type == "ai"]
