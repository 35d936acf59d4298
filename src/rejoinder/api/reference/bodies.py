"""What the documents' callers send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator
from pydantic_core import to_json

from rejoinder.inbound.rest.body import Key, check_storable, read_time

_MOST_RESOURCES = (
    64 * 1024
)  # bytes of JSON: they are stored with the message and go into the prompt


class _Lenient(BaseModel):
    """Passes unknown fields over: callers written for the documents may send more than they print."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: object) -> object:
        check_storable(value)
        return value


class EnhancedMessage(_Lenient):
    """One message of a customer, in the caller's own names."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": "conv_12345",
                    "message_id": "msg_67890",
                    "message_content": "Tôi muốn đặt lịch khám bệnh",
                    "sender_id": "user_123",
                    "sender_type": "user",
                    "timestamp": 1699123456.789,
                    "metadata": {"platform": "web"},
                }
            ]
        }
    )

    conversation_id: Annotated[Key, Field(description="The caller's own name for the thread.")]
    message_id: Annotated[
        Key, Field(description="Unique in the channel; the same one again is the same message.")
    ]
    message_content: Annotated[str, Field(min_length=1, max_length=32_768, pattern=r"\S")]
    sender_id: Annotated[
        Key | None, Field(description="The customer; the thread's name if left out.")
    ] = None
    sender_type: Literal["user", "customer", "agent", "ai", "system"] = "user"
    timestamp: Annotated[
        datetime | None, Field(description="Unix seconds or RFC 3339 with an offset; 2000 to 2100.")
    ] = None
    metadata: dict[str, JsonValue] | None = None

    @field_validator("timestamp", mode="before")
    @classmethod
    def _time(cls, value: object) -> object:
        return value if value is None else read_time(value, datetime.now(UTC))


class ChatMessage(_Lenient):
    """A conversation so far; what the customer said after the last answer is new."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": "8d1f4c3a-5a44-4d0e-9c41-2f6a1f0a7b11",
                    "history": "<USER>Hello</USER><br><BOT>Hi! What can I do?</BOT><br>"
                    "<USER>When do you open?</USER><br>",
                    "resources": {"user_id": "123", "session_type": "web"},
                }
            ]
        }
    )

    conversation_id: Annotated[
        Key | None,
        Field(description="The caller's own name for the thread; one is made if left out."),
    ] = None
    history: Annotated[
        str,
        Field(
            min_length=1,
            description="`<USER>…</USER><br><BOT>…</BOT><br>`, oldest first; it ends with what is to be answered.",
        ),
    ]
    resources: Annotated[
        dict[str, JsonValue] | None,
        Field(description="What the model shall know beside: any object of up to 64 KiB."),
    ] = None

    @field_validator("resources")
    @classmethod
    def _small(cls, value: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        size = len(to_json(value)) if value else 0
        if size > _MOST_RESOURCES:
            raise ValueError(f"are {size} bytes of JSON; send {_MOST_RESOURCES} at most")
        return value
