"""What the documents' callers are answered. A field that is not set is left out; `docs/reference.md` tells each."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, JsonValue

STORAGE = "PostgreSQL"
"""What truly holds the conversations: the field `storage_backend`."""

Status: TypeAlias = Literal[
    "completed",
    "locked",
    "restart_needed",
    "pending",
    "handed_off",
    "failed",
    "silent",
    "stored",
]


class AIResponse(BaseModel):
    """What was answered, what the model understood, and what that took."""

    response_text: str | None
    intent: str | None
    confidence: float | None
    entities: dict[str, JsonValue]
    processing_time_ms: float | None
    model_used: str | None


class Action(BaseModel):
    """One step of the answer."""

    type: str
    data: dict[str, JsonValue]


class NewerMessage(BaseModel):
    """A message that came while the answer was being made; the next one answers it."""

    message_id: str
    timestamp: float


class CurrentResult(BaseModel):
    """What was answered although newer messages wait."""

    ai_response: AIResponse | None = None
    extracted_actions: list[Action] = []
    pancake_result: dict[str, JsonValue] | None = None


class EnhancedResult(BaseModel):
    """`answered_by` is the message whose answer answers this one too."""

    status: Status
    reason: str | None = None
    answered_by: str | None = None
    turn_id: str | None = None
    ai_response: AIResponse | None = None
    extracted_actions: list[Action] = []
    pancake_result: dict[str, JsonValue] | None = None
    newer_messages: list[NewerMessage] = []
    current_result: CurrentResult | None = None
    message_id: str
    storage_backend: str
    distributed_lock_used: bool


class EnhancedView(BaseModel):
    """`success` is false when no model answered; `timestamp` is Unix seconds."""

    success: bool
    result: EnhancedResult
    timestamp: float
    processing_time_ms: float


class ChatView(BaseModel):
    """The document's PancakeMessageResponse, and the thread's name, which may have been made here."""

    success: bool
    status: str
    message: str | None = None
    error: str | None = None
    action: Literal["lock_acquired", "lock_exists"] | None = None
    ai_job_id: str | None = None
    lock_id: str | None = None
    consolidated_messages: int | None = None
    bot_name: str | None = None
    conversation_id: str


class Jobs(BaseModel):
    """The workers: `healthy` while at least one lives."""

    redis_connected: bool
    status: Literal["healthy", "no_worker"]
    active_jobs: int


class Components(BaseModel):
    """What the document's handler is made of."""

    redis_connected: bool
    lock_manager: bool
    background_job_manager: Jobs


class HandlerView(BaseModel):
    """Whether messages are being answered."""

    initialized: bool
    components: Components
    status: Literal["healthy", "degraded"]
    storage_backend: str
