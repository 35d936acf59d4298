"""What Meta posts: customers' messages, receipts and echoes, as it writes and signs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pydantic import JsonValue

from rejoinder.channels.meta.signature import HEADER, signed
from rejoinder.channels.port.simulated import Customer, Shown, Webhook
from rejoinder.channels.whatsapp_cloud.parse.people import is_phone
from rejoinder.channels.whatsapp_cloud.played.people import card, message_id, user_id
from rejoinder.conversations.content import (
    Choice,
    Contact,
    File,
    Location,
    Part,
    Reaction,
    Text,
    Unsupported,
)

NUMBER: Final = "15550100001"

Json = dict[str, JsonValue]
Keep = Callable[[File], tuple[str, str, str]]
"""Keeps the bytes of a customer's file; its id, MIME type and SHA-256 in base64."""


@dataclass(frozen=True, slots=True)
class Poster:
    """Writes and signs the webhooks of one number."""

    app_secret: str
    phone_number_id: str
    waba_id: str

    def signed(self, field: str, value: Json) -> Webhook:
        """One change as a body; non-ASCII and slashes are escaped, as Meta does before it signs."""
        envelope = {
            "object": "whatsapp_business_account",
            "entry": [{"id": self.waba_id, "changes": [{"value": value, "field": field}]}],
        }
        body = json.dumps(envelope, separators=(",", ":")).replace("/", "\\/").encode()
        return Webhook(
            {
                "content-type": "application/json",
                "user-agent": "facebookexternalua",
                HEADER: signed(self.app_secret, body),
            },
            body,
        )

    def said(self, customer: Customer, message: Json) -> Webhook:
        """A customer's message."""
        return self.signed(
            "messages",
            self._value() | {"contacts": [card(customer.id, customer.name)], "messages": [message]},
        )

    def report(
        self,
        shown: Shown,
        status: Literal["sent", "delivered", "read", "failed"],
        now: datetime,
    ) -> Webhook:
        """A receipt, with what the sender gave along."""
        told: Json = {
            "id": shown.platform_id,
            "status": status,
            "timestamp": str(int(now.timestamp())),
            **_names("recipient", shown.to),
        }
        if shown.delivery_id is not None:
            told["biz_opaque_callback_data"] = shown.delivery_id
        if status == "failed":
            told["errors"] = [
                {
                    "code": 131026,
                    "title": "Message undeliverable",
                    "message": "Message undeliverable",
                    "error_data": {"details": "Message Undeliverable."},
                }
            ]
        else:
            told["pricing"] = {"billable": False, "pricing_model": "PMP", "category": "service"}
        return self.signed("messages", self._value() | {"statuses": [told]})

    def echo(self, shown: Shown, now: datetime) -> Webhook:
        """A message that a person wrote in the WhatsApp Business app."""
        told: Json = {
            "from": NUMBER,
            "id": shown.platform_id,
            "timestamp": str(int(now.timestamp())),
            "type": "text",
            "text": {"body": shown.text},
            **({"to": shown.to} if is_phone(shown.to) else {}),
            "to_user_id": user_id(shown.to) if is_phone(shown.to) else shown.to,
        }
        if shown.delivery_id is not None:
            told["biz_opaque_callback_data"] = shown.delivery_id
        return self.signed("smb_message_echoes", self._value() | {"message_echoes": [told]})

    def _value(self) -> Json:
        return {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": NUMBER,
                "phone_number_id": self.phone_number_id,
            },
        }


def message(
    customer: Customer, part: Part, now: datetime, reply_to: str | None, keep: Keep
) -> Json:
    """A customer's message as `messages` shows it. Raises ValueError for a part that customers do not send."""
    told: Json = {
        **_names("from", customer.id),
        "id": message_id(customer.id, inbound=True),
        "timestamp": str(int(now.timestamp())),
        **_content(part, keep),
    }
    of = reply_to or (part.of if isinstance(part, Choice) else None)
    if of is not None:
        told["context"] = {"from": NUMBER, "id": of}
    return told


def _names(what: Literal["from", "recipient"], customer_id: str) -> Json:
    number, user = (
        ("from", "from_user_id") if what == "from" else ("recipient_id", "recipient_user_id")
    )
    if is_phone(customer_id):
        return {number: customer_id, user: user_id(customer_id)}
    return {user: customer_id}


def _content(part: Part, keep: Keep) -> Json:
    match part:
        case Text():
            return {"type": "text", "text": {"body": part.text}}
        case File():
            return {"type": part.kind, part.kind: _file(part, keep)}
        case Location():
            place: Json = {"latitude": part.latitude, "longitude": part.longitude}
            place |= {"name": part.name} if part.name else {}
            place |= {"address": part.address} if part.address else {}
            return {"type": "location", "location": place}
        case Contact():
            named: Json = {"formatted_name": part.name, "first_name": part.name}
            phones: list[JsonValue] = [{"phone": each, "type": "CELL"} for each in part.phones]
            return {"type": "contacts", "contacts": [{"name": named, "phones": phones}]}
        case Reaction():
            given: Json = {"emoji": part.emoji} if part.emoji else {}
            return {"type": "reaction", "reaction": {"message_id": part.of, **given}}
        case Choice():
            return {"type": "interactive", "interactive": _reply(part)}
        case Unsupported():
            return _unsupported(part)
        case _:
            raise ValueError(f"customers send no part of the kind {part.kind!r}")


def _file(part: File, keep: Keep) -> Json:
    media_id, mime_type, sha256 = keep(part)
    told: Json = {"id": media_id, "mime_type": mime_type, "sha256": sha256}
    told |= {"caption": part.text} if part.text else {}
    told |= {"filename": part.filename or "file.pdf"} if part.kind == "document" else {}
    told |= {"voice": part.voice} if part.kind == "audio" else {}
    return told | ({"animated": False} if part.kind == "sticker" else {})


def _reply(choice: Choice) -> Json:
    if choice.form is not None:
        filled: Json = {"name": "flow", "body": "Sent", "response_json": json.dumps(choice.form)}
        return {"type": "nfm_reply", "nfm_reply": filled}
    reply: Json = {"id": choice.payload or choice.title, "title": choice.title}
    if choice.description is not None:
        return {"type": "list_reply", "list_reply": reply | {"description": choice.description}}
    return {"type": "button_reply", "button_reply": reply}


def _unsupported(part: Unsupported) -> Json:
    error: Json = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    return {"type": "unsupported", "unsupported": {"type": part.what}, "errors": [error]}
