"""Who wrote, and in which chat.

Source: Bot API, User, Chat, Message.sender_chat: channels and anonymous admins write to a group as a chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rejoinder.channels.port.event import Identity, Sender, Source
from rejoinder.channels.telegram.parse.reading import Json, key, record, text

USER: Final = "telegram_user"
"""The kind of identity: a user's id, which lasts; user names change hands."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat: its id as text, which is the thread's key."""

    id: str
    kind: str

    @property
    def source(self) -> Source:
        """Whether it is one customer's chat or a group's."""
        return "direct" if self.kind in ("private", "") else "group"


def chat(of: Json) -> Chat | None:
    """The chat that a message or an event names."""
    found = record(of.get("chat"))
    chat_id = key(found.get("id"))
    return Chat(chat_id, text(found.get("type")) or "") if chat_id else None


def writer(message: Json) -> Sender | None:
    """The writer of a message: a chat where one speaks, else the user. None for bots and nobody."""
    spoken = record(message.get("sender_chat"))
    if chat_id := key(spoken.get("id")):
        return Sender((Identity(USER, chat_id),), text(spoken.get("title")))
    return None if is_bot(record(message.get("from"))) else user(record(message.get("from")))


def user(found: Json) -> Sender | None:
    """A user by id and name."""
    user_id = key(found.get("id"))
    return Sender((Identity(USER, user_id),), name(found)) if user_id else None


def is_bot(found: Json) -> bool:
    """Whether a user is a bot."""
    return found.get("is_bot") is True


def name(found: Json) -> str | None:
    """First and last name, else the user name."""
    names = [text(found.get("first_name")), text(found.get("last_name"))]
    return " ".join(each for each in names if each) or text(found.get("username"))


def own_phone(message: Json) -> Identity | None:
    """The writer's telephone number, from a contact card of their own: it says whose it is by `user_id`."""
    card = record(message.get("contact"))
    whose, written = key(card.get("user_id")), text(card.get("phone_number"))
    if whose is None or whose != key(record(message.get("from")).get("id")) or written is None:
        return None
    digits = re.sub("[^0-9]", "", written)
    return Identity("phone", digits) if 6 <= len(digits) <= 15 else None
