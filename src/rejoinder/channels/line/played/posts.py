"""Webhooks as LINE posts them."""

from __future__ import annotations

import secrets
from datetime import datetime

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.channels.line.form.action import Object
from rejoinder.channels.line.webhook.verify import HEADER, signed
from rejoinder.channels.port.simulated import Webhook
from rejoinder.conversations.content import Contact, File, Location, Part, Text, Unsupported

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def webhook(channel_secret: str, destination: str, *events: Object) -> Webhook:
    """A signed body with these events."""
    listed: list[JsonValue] = [*events]
    body = to_json({"destination": destination, "events": listed})
    return Webhook(
        {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            HEADER: signed(channel_secret, body),
        },
        body,
    )


def event(kind: str, user: str, now: datetime, **more: JsonValue) -> Object:
    """What all events of a chat with one customer have."""
    return {
        "type": kind,
        "mode": "active",
        "timestamp": int(now.timestamp() * 1000),
        "source": {"type": "user", "userId": user},
        "webhookEventId": ulid(now),
        "deliveryContext": {"isRedelivery": False},
        **more,
    }


def message(part: Part) -> Object | None:
    """What a message holds beside its ids; None for what LINE tells nobody of, as a reaction."""
    match part:
        case Text(text=text):
            return {"type": "text", "text": text}
        case File():
            return _file(part)
        case Location(latitude=latitude, longitude=longitude, name=name, address=address):
            found: Object = {"type": "location", "latitude": latitude, "longitude": longitude}
            return found | {
                key: each for key, each in (("title", name), ("address", address)) if each
            }
        case Contact(
            name=name, phones=phones
        ):  # LINE has no cards that a bot is sent: people write them
            return {"type": "text", "text": "\n".join((name, *phones))}
        case Unsupported(what=what):
            return {"type": what}
        case _:
            return None


def _file(part: File) -> Object:
    here: Object = {"contentProvider": {"type": "line"}}
    match part.kind:
        case "sticker":
            words: list[JsonValue] = [part.text or "hello"]
            sticker: Object = {"packageId": "446", "stickerId": "1988", "keywords": words}
            return {"type": "sticker", "stickerResourceType": "STATIC", **sticker}
        case "document":
            name = part.filename or "document.txt"
            return {"type": "file", "fileName": name, "fileSize": 0}
        case "image":
            return {"type": "image", **here}
        case _:
            return {"type": part.kind, "duration": 1500, **here}


def ulid(now: datetime) -> str:
    """As LINE's `webhookEventId`: a time and 80 random bits in Crockford's base 32."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
