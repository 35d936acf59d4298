"""What the machine of turns works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.actions.collect import Outcome
from rejoinder.actions.plan import Plan as Planned
from rejoinder.actions.plan import Say
from rejoinder.bots.model import Overlap
from rejoinder.conversations.content import Text
from rejoinder.conversations.model import State as Charge
from rejoinder.llm.model import Understanding

LEASE = timedelta(seconds=15)
"""How long a worker may go unheard of before its turns are taken back, where its lock does not show its death."""

TurnState: TypeAlias = Literal[
    "waiting", "running", "committed", "superseded", "cancelled", "handed_off", "failed"
]


@dataclass(frozen=True, slots=True)
class Policy:
    """How a bot treats time, overlap, failure and loops; `bots.model.Bot` has the same in seconds."""

    quiet: timedelta
    max_wait: timedelta
    overlap: Overlap
    max_interrupts: int
    interrupt_for: timedelta
    max_attempts: int
    retry: timedelta
    loop_turns: int
    loop_for: timedelta


@dataclass(frozen=True, slots=True)
class Turn:
    """One row of `turns`, as far as decisions need it."""

    turn_id: UUID
    state: TurnState
    opened_at: datetime
    due_at: datetime
    first_unanswered_at: datetime
    interrupts: int
    attempt: int
    fence: int
    worker_no: int | None
    lease_until: datetime | None
    priority: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What the waiting turn looks like after a message came.

    `extends` is the waiting turn it joins, None for a new one; `supersedes` the running turn it interrupts, whose
    messages it takes over. `wake` says whether a wake-up is needed at `due_at`: none is when one comes earlier anyway.
    """

    extends: UUID | None
    supersedes: UUID | None
    opened_at: datetime
    due_at: datetime
    first_unanswered_at: datetime
    interrupts: int
    attempt: int
    priority: int
    wake: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """A conversation under lock: `now` is the database's clock, read after the lock was got.

    `sends` says whether replies are sent, or only stored for those who fetch or stream them. `agent` is who holds the
    conversation. `loop_count` answers have gone out, the last at `loop_last_at`, without a person
    on our side or a pause between.
    `seq` and `fence` are the counters as stored; whoever draws from them writes them back in the same transaction.
    """

    conversation_id: UUID
    channel_id: UUID
    contact_id: UUID
    bot_id: UUID
    platform: str
    sends: bool
    charge: Charge
    ai_enabled: bool
    seq: int
    fence: int
    agent: str | None
    loop_count: int
    loop_last_at: datetime | None
    now: datetime
    policy: Policy
    waiting: Turn | None
    running: Turn | None

    @property
    def bot_answers(self) -> bool:
        """Whether the bot is in charge of this conversation."""
        return self.charge == "bot" and self.ai_enabled

    @property
    def live(self) -> tuple[Turn, ...]:
        """The running turn and the waiting one, as far as there are any."""
        return tuple(turn for turn in (self.running, self.waiting) if turn is not None)

    def turn(self, turn_id: UUID) -> Turn | None:
        """The live turn of that id."""
        return next((turn for turn in self.live if turn.turn_id == turn_id), None)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a platform's channel must remember of the customer's newest message.

    When it was written, its id there, and the platform's tokens for reading and for answering it, the latter good for
    `reply_for`.
    """

    at: datetime | None = None
    platform_id: str | None = None
    read_token: str | None = None
    reply_token: str | None = None
    reply_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Who claims: the number whose advisory lock it holds, and a name for people."""

    no: int
    name: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A turn this worker now runs. Only the holder of `fence` may commit it."""

    workspace_id: UUID
    conversation_id: UUID
    turn_id: UUID
    contact_id: UUID
    bot_id: UUID
    fence: int
    attempt: int
    first_unanswered_at: datetime
    policy: Policy
    priority: int
    platform: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One message the turn answers or has read; `resources` is what its caller's systems tell about the customer.

    `heard` is what is said in a recording; `files` are the message's parts that have a file here. Of one that was
    answered before, `intent` is what it was taken to want, and of our answer `known` whether it knew one. With `waited`
    its caller gets the reply as the answer to their request.
    """

    message_id: UUID
    seq: int
    turn_id: UUID | None
    sender_type: str
    kind: str
    text: str
    platform_time: datetime
    resources: JsonValue = None
    heard: str | None = None
    files: JsonValue = None
    intent: str | None = None
    known: bool | None = None
    waited: bool = False

    @property
    def said(self) -> str:
        """What the model is told of it: its text, or what kind of thing it was and what was heard in it."""
        words = self.text or f"[{self.kind}]"
        wordless = words.startswith("[") and words.endswith("]")
        return f"{words} {self.heard}" if self.heard and wordless else words


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a turn ends. `replies` go to the customer; `handed_off` and `failed` also call a person.

    `planned` is what goes out where no `replies` stand; as a `draft` it is kept for a person to send. `understanding`
    is what the messages were taken to say, `confidence` how sure the answer is, `known` whether it knew one, `sources`
    what it rests on; `explanation` is the JSON of why it is as it is. `collected` is what became of what the customer
    was asked for, `summary_due` says that what lies before the window shall be summarised. `seconds` is the time from
    the claim to the answer; `resources` what the caller gave and gets back.
    """

    state: Literal["committed", "handed_off", "failed"]
    replies: tuple[str, ...]
    decision: Literal["answer", "hand_off", "silent"]
    reason: str = ""
    provider: str = ""
    model: str = ""
    error: str = ""
    understanding: Understanding | None = None
    seconds: float = 0.0
    resources: JsonValue = None
    planned: Planned | None = None
    draft: bool = False
    confidence: float | None = None
    known: bool | None = None
    sources: tuple[JsonValue, ...] = ()
    explanation: Mapping[str, JsonValue] | None = None
    collected: Outcome | None = None
    summary_due: bool = False

    @property
    def plan(self) -> Planned:
        """What goes out, in order."""
        if self.planned is not None:
            return self.planned
        return Planned(tuple(Say(Text(text=reply)) for reply in self.replies))
