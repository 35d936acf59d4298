"""What goes into a model call and what comes out, free of any provider's types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

Decision = Literal["answer", "hand_off", "silent"]
Purpose = Literal["answer", "analyse"]
Sentiment = Literal["very_positive", "positive", "neutral", "negative", "very_negative"]

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
    """A piece of the knowledge base; a higher `score` is a better match."""

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

    For the purpose `analyse` it is to say what the customer wants and feels, and to answer nothing.
    """

    instructions: str
    passages: tuple[Passage, ...]
    history: tuple[Line, ...]
    asked: tuple[str, ...]
    context: str = ""
    purpose: Purpose = "answer"
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing the customer named: `type` is a snake_case word (`order_number`), `value` as the customer wrote it."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the model took the unanswered messages to say.

    `intent` is one of INTENTS or a snake_case word of the model's own; `confidence` is the model's own estimate for
    intent and sentiment together, 0 to 1, None where it tells none.
    """

    intent: str = "unknown"
    sentiment: Sentiment = "neutral"
    confidence: float | None = None
    entities: tuple[Entity, ...] = ()

    def told(self) -> dict[str, JsonValue]:
        """As records and callers hold it: entities by type, several of one type as a list."""
        named: dict[str, list[JsonValue]] = {}
        for entity in self.entities:
            named.setdefault(entity.type, []).append(entity.value)
        return {
            "intent": self.intent,
            "sentiment": self.sentiment,
            "confidence": self.confidence,
            "entities": {
                kind: values[0] if len(values) == 1 else values for kind, values in named.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model decided; `reply` is empty for `silent` and may be for `hand_off`."""

    reply: str
    decision: Decision
    reason: str
    understanding: Understanding = Understanding()
