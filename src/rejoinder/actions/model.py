"""The actions of an answer, typed and within bounds: what `read` makes of a model's steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from pydantic import JsonValue

from rejoinder.conversations.content import Card, Option

TYPES = (
    "send_message",
    "send_quick_replies",
    "send_carousel",
    "transfer_to_agent",
    "collect_info",
    "execute_api",
    "end_conversation",
)
"""What `message_actions.action_type` may be, in the Chat backend's words; `execute_api` is refused for now."""


@dataclass(frozen=True, slots=True)
class SendMessage:
    """One more text."""

    type: ClassVar[str] = "send_message"
    text: str

    def data(self) -> dict[str, JsonValue]:
        """Its fields, as records and receivers hold them."""
        return {"message": self.text}


@dataclass(frozen=True, slots=True)
class SendQuickReplies:
    """Replies to tap; an empty `text` means that they belong to the reply."""

    type: ClassVar[str] = "send_quick_replies"
    text: str
    options: tuple[Option, ...]

    def data(self) -> dict[str, JsonValue]:
        """Its fields, as records and receivers hold them."""
        options: list[JsonValue] = [each.model_dump(exclude_none=True) for each in self.options]
        return {"message": self.text, "options": options}


@dataclass(frozen=True, slots=True)
class SendCarousel:
    """Cards side by side."""

    type: ClassVar[str] = "send_carousel"
    cards: tuple[Card, ...]

    def data(self) -> dict[str, JsonValue]:
        """Its fields, as records and receivers hold them."""
        cards: list[JsonValue] = [
            each.model_dump(mode="json", exclude_none=True) for each in self.cards
        ]
        return {"cards": cards}


@dataclass(frozen=True, slots=True)
class TransferToAgent:
    """A person takes over; `reason` is for them."""

    type: ClassVar[str] = "transfer_to_agent"
    reason: str

    def data(self) -> dict[str, JsonValue]:
        """Its fields, as records and receivers hold them."""
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True)
class CollectInfo:
    """Ask the customer for one thing, and keep it under `field` among what is known of them.

    `kind` says what is valid: email, phone, date, name, quantity, text (anything), or a kind of the bot's own.
    """

    type: ClassVar[str] = "collect_info"
    field: str
    question: str
    kind: str

    def data(self) -> dict[str, JsonValue]:
        """Its fields, as records and receivers hold them."""
        return {"field": self.field, "question": self.question, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class EndConversation:
    """Nothing is left to say: the conversation is closed behind the replies."""

    type: ClassVar[str] = "end_conversation"
    reason: str

    def data(self) -> dict[str, JsonValue]:
        """Its fields, as records and receivers hold them."""
        return {"reason": self.reason}


Action: TypeAlias = (
    SendMessage | SendQuickReplies | SendCarousel | TransferToAgent | CollectInfo | EndConversation
)


def told(action: Action) -> dict[str, JsonValue]:
    """One action as replies' metadata and Pancake's posts have it: `{"type", "data"}`."""
    return {"type": action.type, "data": action.data()}


def kept(told: Mapping[str, JsonValue]) -> CollectInfo | EndConversation | None:
    """An action that says nothing itself and that a draft may wait with, from what `told` made of it."""
    match told:
        case {
            "type": CollectInfo.type,
            "data": {"field": str(field), "question": str(question), "kind": str(kind)},
        }:
            return CollectInfo(field, question, kind)
        case {"type": EndConversation.type, "data": {"reason": str(reason)}}:
            return EndConversation(reason)
    return None
