"""What is asked about one message, and what is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

from pydantic import BaseModel, Field, JsonValue, field_validator

from rejoinder.api.bodies import Body
from rejoinder.db import Database
from rejoinder.live.bus import Bus

if TYPE_CHECKING:
    from rejoinder.llm.calling.chain import Chain

Processing: TypeAlias = Literal["ai_response", "intent_analysis", "sentiment_analysis"]
Models: TypeAlias = "Callable[[], Awaitable[Chain]]"
"""The models that analyses are asked of; raises Conflict where this server has none."""

_TYPES = get_args(Processing)


class ProcessingBody(Body):
    """What is to be done with the message."""

    processing_type: Annotated[str, Field(json_schema_extra={"enum": list(_TYPES)})]

    @field_validator("processing_type")
    @classmethod
    def _type(cls, value: str) -> str:
        if value not in _TYPES:
            raise ValueError(
                f"Unknown processing type: {value[:100]}; it is one of {', '.join(_TYPES)}"
            )
        return value


class ProcessingView(BaseModel):
    """The document's ProcessingResult: `processing_time` in seconds, `confidence` 0 where the model tells none."""

    success: bool
    intent: str | None = None
    sentiment: str | None = None
    entities: dict[str, JsonValue] | None = None
    confidence: float = 0.0
    response_text: str | None = None
    response_type: str = "text"
    response_metadata: dict[str, JsonValue] | None = None
    should_escalate: bool = False
    escalation_reason: str | None = None
    processing_time: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What processing needs; `most` and `timeout` are seconds: of a wait, and of one call to a model."""

    db: Database
    bus: Bus
    models: Models
    most: float
    timeout: float


def understood(told: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What a record holds of an understanding, as the view's fields."""
    return {
        "intent": told.get("intent"),
        "sentiment": told.get("sentiment"),
        "entities": told.get("entities"),
        "confidence": told.get("confidence") or 0.0,
    }
