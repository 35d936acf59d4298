"""What the machine sees of a house and can do there: a house is one thread's rows, in memory or in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from rejoinder.conversations.model import State as Charge
from rejoinder.turns.model import Claimed, Policy, Turn, Verdict, Worker

Ending: TypeAlias = Literal["returned", "failed"]

LIVE = ("waiting", "running")
MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class SeenTurn:
    """A turn as stored; `replies` messages were made for it, of which a person's coming kept back `withheld`."""

    turn: Turn
    conversation_id: UUID
    woken_at: datetime
    merged_into: UUID | None
    replies: int
    withheld: int

    @property
    def live(self) -> bool:
        """Whether it still waits or runs."""
        return self.turn.state in LIVE


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A customer's message."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    received_at: datetime
    turn_id: UUID | None


@dataclass(frozen=True, slots=True)
class SeenWake:
    """A wake-up in the queue."""

    job: int
    conversation_id: UUID
    at: datetime
    priority: int


@dataclass(frozen=True, slots=True)
class SeenConversation:
    """Who is in charge; `unsent` replies of the bot are not on their way yet."""

    conversation_id: UUID
    charge: Charge
    ai_enabled: bool
    loop_count: int
    unsent: int

    @property
    def bot_answers(self) -> bool:
        """Whether the bot is in charge."""
        return self.charge == "bot" and self.ai_enabled


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is stored, at one moment."""

    now: datetime
    conversations: dict[UUID, SeenConversation]
    turns: dict[UUID, SeenTurn]
    messages: dict[UUID, SeenMessage]
    wakes: tuple[SeenWake, ...]
    letters: frozenset[UUID]
    """Turns that lie with the dead letters."""

    def of(self, turn_id: UUID) -> frozenset[UUID]:
        """The messages of a turn."""
        return frozenset(
            message.message_id for message in self.messages.values() if message.turn_id == turn_id
        )

    def live(self, conversation_id: UUID | None = None) -> list[SeenTurn]:
        """Turns that wait or run."""
        return [
            turn
            for turn in self.turns.values()
            if turn.live and conversation_id in (None, turn.conversation_id)
        ]

    def answers(self, turn: SeenTurn) -> bool:
        """Whether the bot is in charge of the turn's conversation."""
        return self.conversations[turn.conversation_id].bot_answers


class House(Protocol):
    """What can happen to a thread. Its two kinds are held to the same promises."""

    policy: Policy

    def seen(self) -> Seen:
        """All that is stored."""

    def pass_time(self, by: timedelta) -> None:
        """Let the clock go forward."""

    def customer(self, priority: int, *, refusable: bool, waits: bool) -> UUID | None:
        """A customer's message comes; None when it was refused."""

    def edit(self, message_id: UUID) -> None:
        """The customer changes a message of a live turn."""

    def take_back(self, message_id: UUID) -> None:
        """The customer deletes a message of a live turn."""

    def agent_writes(self) -> None:
        """A person writes into the thread."""

    def take(self, conversation_id: UUID) -> None:
        """A person takes over."""

    def release(self, conversation_id: UUID) -> None:
        """A person hands back to the bot."""

    def close(self, conversation_id: UUID) -> None:
        """A person closes the conversation."""

    def cancel(self, turn_id: UUID) -> None:
        """A person stops a live turn."""

    def replay(self, turn_id: UUID) -> bool:
        """A person has a failed turn's messages answered after all; False when somebody holds the conversation."""

    def switch(self, conversation_id: UUID, on: bool) -> None:
        """The bot is switched off or on in this conversation."""

    def hire(self) -> Worker:
        """A new worker, which holds its lock."""

    def dies(self, worker: Worker) -> None:
        """The worker's lock is free from now on."""

    def claim(self, conversation_id: UUID, worker: Worker) -> Claimed | None:
        """A worker looks at the conversation."""

    def read(self, claimed: Claimed) -> frozenset[UUID]:
        """The turn's messages, as far as the turn is still the attempt's."""

    def commit(self, claimed: Claimed, verdict: Verdict) -> bool:
        """An answer is there; False when it came too late."""

    def hand_back(self, claimed: Claimed, outcome: Ending, pause: timedelta) -> bool:
        """A worker gives a turn up; False when it was no longer its own."""

    def renew(self, number: int, held: Sequence[Claimed]) -> set[int]:
        """A worker renews its leases; the fences of the attempts it has lost."""

    def rescue(self) -> None:
        """Turns of dead and stalled workers are taken back."""

    def sweep(self) -> None:
        """Overdue turns are woken again."""

    def lose(self, wake: SeenWake) -> None:
        """A wake-up vanishes, or is taken from the queue."""

    def double(self, wake: SeenWake) -> None:
        """A wake-up comes twice."""

    def leave(self) -> None:
        """Nothing more happens here."""
