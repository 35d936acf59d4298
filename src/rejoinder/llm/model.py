"""What goes into a model call and what comes out, free of any provider's types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

Decision = Literal["answer", "hand_off", "silent"]
Purpose = Literal["answer", "analyse", "summarise"]
Sentiment = Literal["very_positive", "positive", "neutral", "negative", "very_negative"]
Source = Literal["model", "local"]

INTENTS = (
    "greeting",
    "question",
    "complaint",
    "compliment",
    "request",
    "booking",
    "support",
    "goodbye",
    "unknown",
)
"""The intents a model is told of; where none fits it uses a word of its own, `book_appointment` for instance."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the knowledge base; a higher `score` is a better match.

    A model cites it by its number, counted from 1 in the order of the prompt.
    """

    title: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Line:
    """One message so far; `business` is a bot or a person on the business's side."""

    speaker: Literal["customer", "business"]
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the unanswered message number `asked`, counted from 0; `kind` is the word for it: `image`, `audio`.

    `held` is whatever shall live as long as this does.
    """

    kind: str
    mime_type: str
    data: bytes
    asked: int
    held: object = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"Attachment({self.mime_type!r}, {len(self.data)} bytes, asked={self.asked})"


@dataclass(frozen=True, slots=True)
class Prompt:
    """All the model is given; `asked` are the unanswered messages, in order.

    `attachments` go to models that take files of their types; what the others are told of them stands in `asked`.

    `context` is JSON of what the caller's own systems tell about the customer, empty for nothing.

    `summary` tells what was said before the history, `profile` what is known of the customer, `hints` what rules
    understood, line by line. `task` is our own word for this one answer: what is waited for, what was wrong with a
    first try.

    For the purpose `analyse` it is to say what the customer wants and feels, for `summarise` what was said; neither
    answers anything.
    """

    instructions: str
    passages: tuple[Passage, ...]
    history: tuple[Line, ...]
    asked: tuple[str, ...]
    context: str = ""
    purpose: Purpose = "answer"
    attachments: tuple[Attachment, ...] = ()
    summary: str = ""
    profile: str = ""
    hints: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing the customer named: `type` is a snake_case word (`order_number`), `value` as the customer wrote it.

    `normal` is the one form of it: a phone number as E.164, a date as ISO 8601, money as "450.00 THB"; None where there
    is no other form, or none was found.
    """

    type: str
    value: str
    normal: str | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the unanswered messages are taken to say, by a model or, `source` being "local", by rules.

    `intent` is one of INTENTS or a snake_case word of the bot's or the model's own; `confidence` is the source's own
    estimate for intent and sentiment together, 0 to 1, None where it tells none. `language` is an ISO 639-1 code, "und"
    where nothing shows it. `needs` are what rules plainly see that people must answer: `person` (one is asked for),
    `refund`, `legal`, `emergency`, `abuse`.
    """

    intent: str = "unknown"
    sentiment: Sentiment = "neutral"
    confidence: float | None = None
    entities: tuple[Entity, ...] = ()
    language: str = "und"
    source: Source = "model"
    needs: frozenset[str] = frozenset()

    def told(self) -> dict[str, JsonValue]:
        """As records and callers hold it: entities by type, several of one type as a list."""
        named: dict[str, list[JsonValue]] = {}
        for entity in self.entities:
            named.setdefault(entity.type, []).append(entity.normal or entity.value)
        return {
            "intent": self.intent,
            "sentiment": self.sentiment,
            "confidence": self.confidence,
            "entities": {
                kind: values[0] if len(values) == 1 else values for kind, values in named.items()
            },
            "language": self.language,
            "source": self.source,
            "needs": [*sorted(self.needs)],
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One action of an answer as the model put it, beside the reply: `type` is the action's, `data` its fields."""

    type: str
    data: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model decided; `reply` is empty for `silent` and may be for `hand_off`.

    `sources` are the numbers of the passages the reply rests on, from 1; `supported` is the model's own judgement how
    far they and the instructions carry the reply, 0 to 1, None where it says nothing; `done` names what the reply says
    the business has done ("refunded the order").
    """

    reply: str
    decision: Decision
    reason: str
    understanding: Understanding = Understanding()
    steps: tuple[Step, ...] = ()
    sources: tuple[int, ...] = ()
    supported: float | None = None
    done: tuple[str, ...] = ()
