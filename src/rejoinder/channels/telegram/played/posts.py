"""Updates as Telegram posts them.

Source: Bot API, Update, Message, CallbackQuery, MessageReactionUpdated.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from rejoinder.channels.port.simulated import Customer
from rejoinder.channels.telegram.compose.keyboard import Object
from rejoinder.channels.telegram.played.files import Drawer
from rejoinder.conversations.content import Contact, File, Location, Part, Text, Unsupported


def user(customer: Customer) -> Object:
    """A customer."""
    return {"id": int(customer.id), "is_bot": False, "first_name": customer.name}


def chat(customer: Customer) -> Object:
    """The customer's chat with the bot, which has their id."""
    return {"id": int(customer.id), "type": "private", "first_name": customer.name}


def message(customer: Customer, message_id: int, now: datetime, content: Object) -> Object:
    """A customer's message."""
    return {
        "message_id": message_id,
        "from": user(customer),
        "chat": chat(customer),
        "date": int(now.timestamp()),
        **content,
    }


def content(part: Part, files: Drawer) -> Object:
    """What a message holds of a part; its kind as a field for what nobody knows."""
    match part:
        case Text(text=text):
            return {"text": text}
        case File():
            return _file(part, files)
        case Location():
            return _place(part)
        case Contact(name=name, phones=phones):
            return {"contact": {"first_name": name, "phone_number": (*phones, "+0")[0]}}
        case Unsupported(what=what):
            return {what: {}}
        case _:
            return {"text": getattr(part, "text", None) or part.kind}


def reaction(customer: Customer, message_id: int, now: datetime, emoji: str | None) -> Object:
    """A reaction to a message, or none any more."""
    new: list[JsonValue] = [{"type": "emoji", "emoji": emoji}] if emoji else []
    return {
        "chat": chat(customer),
        "message_id": message_id,
        "user": user(customer),
        "date": int(now.timestamp()),
        "old_reaction": [],
        "new_reaction": new,
    }


def _file(part: File, files: Drawer) -> Object:
    file_id, kept = files.put(part)
    about: Object = {
        "file_id": file_id,
        "file_unique_id": file_id[:16],
        "file_size": len(kept.data),
    }
    caption: Object = {"caption": part.text} if part.text else {}
    match kept.field:
        case "photo":
            small: Object = about | {"file_id": f"{file_id}s", "width": 1, "height": 1}
            return {"photo": [small, about | {"width": 2, "height": 2}], **caption}
        case "sticker":
            emoji: Object = {"emoji": part.text} if part.text else {}
            shape: Object = {"type": "regular", "is_animated": False, "is_video": False}
            return {"sticker": about | shape | emoji | {"width": 512, "height": 512}}
    named: Object = {"file_name": part.filename} if part.filename else {}
    if kept.field in ("voice", "audio", "video"):
        named["duration"] = 1
    if kept.field == "video":
        named |= {"width": 2, "height": 2}
    return {kept.field: about | named | {"mime_type": kept.mime_type}, **caption}


def _place(part: Location) -> Object:
    at: Object = {"latitude": part.latitude, "longitude": part.longitude}
    if not part.name and not part.address:
        return {"location": at}
    venue: Object = {"location": at, "title": part.name or "", "address": part.address or ""}
    return {"venue": venue, "location": at}
