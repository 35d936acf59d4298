"""What goes into a model call and what comes out, free of any provider's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Decision = Literal["answer", "hand_off", "silent"]


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
class Prompt:
    """All the model is given; `asked` are the unanswered messages, in order."""

    instructions: str
    passages: tuple[Passage, ...]
    history: tuple[Line, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model decided; `reply` is empty for `silent` and may be for `hand_off`."""

    reply: str
    decision: Decision
    reason: str
