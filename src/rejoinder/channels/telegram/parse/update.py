"""One update, as Telegram posts it: one event.

Source: Bot API, Update: at most one of its optional fields is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from rejoinder.channels.port.event import InboundEvent, Noted, Odd, Said
from rejoinder.channels.telegram.compose.keyboard import callback_data
from rejoinder.channels.telegram.parse.mentions import Bot
from rejoinder.channels.telegram.parse.message import edited, moved, named, said
from rejoinder.channels.telegram.parse.people import chat, is_bot, user
from rejoinder.channels.telegram.parse.reading import (
    Json,
    key,
    load,
    moment,
    record,
    records,
    text,
)
from rejoinder.conversations.content import Choice, Reaction

CALLBACK: Final = "callback:"
"""Before the id of a tap, which is no message: `callback:{callback_query_id}`."""

REACTION: Final = "reaction:"
"""Before the id of the update that told of a reaction, which has no id of its own."""

NOTED: Final = frozenset(
    {
        *("channel_post", "edited_channel_post", "business_connection", "business_message"),
        *("edited_business_message", "deleted_business_messages", "guest_message"),
        *("message_reaction_count", "inline_query", "chosen_inline_result", "shipping_query"),
        *("pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "chat_member"),
        *("chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot"),
    }
)
"""Updates that ask for nothing here."""


def parse(body: bytes, bot: Bot) -> list[InboundEvent]:
    """The event of a body. Never raises."""
    try:
        update = load(body)
    except ValueError:
        return [Odd("the body is no JSON")]
    if not isinstance(update, dict):
        return [Odd("the body is no update")]
    for kind, reader in _READERS.items():
        if kind in update:
            return [reader(record(update[kind]), bot, update)]
    noted = next((Noted(kind) for kind in update if kind in NOTED), None)
    return [noted or Odd("an update of a kind that is not known here")]


def _message(message: Json, bot: Bot, update: Json) -> InboundEvent:
    return moved(message) or said(message, bot)


def _edited(message: Json, bot: Bot, update: Json) -> InboundEvent:
    return edited(message)


def _tapped(query: Json, bot: Bot, update: Json) -> InboundEvent:
    """A tap on a button of ours. Telegram tells no time for it, so it is now; our own message's would be long past."""
    query_id, who = text(query.get("id")), user(record(query.get("from")))
    message, payload = record(query.get("message")), text(query.get("data"))
    here, message_id = chat(message), key(message.get("message_id"))
    if query_id is None or who is None:
        return Odd("a tap without an id, or of nobody's")
    if payload is None or here is None or message_id is None:
        return Noted("a tap on a button that is none of a chat's", who)
    title = _title(message, payload)
    if (
        callback_data(title) == payload
    ):  # a title of over 64 bytes, 22 Thai letters say, was cut to be sent along
        payload = title
    return Said(
        thread=here.id,
        external_id=CALLBACK + query_id,
        sender=who,
        parts=(Choice(title=title, payload=payload, of=named(here.id, message_id)),),
        text=title,
        at=datetime.now(UTC),
        source=here.source,
        mentioned=here.source != "direct",
        reply_to=named(here.id, message_id),
        metadata={"callback_query_id": query_id},
    )


def _title(message: Json, payload: str) -> str:
    """What stands on the button; the payload where Telegram shows the message no more."""
    rows = record(message.get("reply_markup")).get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for button in records(row):
            if text(button.get("callback_data")) == payload:
                return text(button.get("text")) or payload
    return payload


def _reacted(event: Json, bot: Bot, update: Json) -> InboundEvent:
    """All that somebody has on a message from now on, so that one told twice or late changes nothing."""
    here, message_id, at = chat(event), key(event.get("message_id")), moment(event.get("date"))
    who = user(record(event.get("user"))) or user(record(event.get("actor_chat")))
    update_id = key(update.get("update_id"))
    if here is None or message_id is None or at is None or who is None or update_id is None:
        return Odd("a reaction without a message, a date, an id, or of nobody's")
    if is_bot(record(event.get("user"))):
        return Noted("a bot's reaction")
    emoji = "".join(_emoji(each) for each in records(event.get("new_reaction"))) or None
    return Said(
        thread=here.id,
        external_id=REACTION + update_id,
        sender=who,
        parts=(Reaction(emoji=emoji, of=named(here.id, message_id)),),
        text=f"[reacted with {emoji}]" if emoji else "[took a reaction away]",
        at=at,
        source=here.source,
        asks=False,
    )


def _emoji(reaction: Json) -> str:
    """A custom emoji has an id instead, and a paid one is a star."""
    return "\u2b50" if reaction.get("type") == "paid" else text(reaction.get("emoji")) or "\ufffc"


def _member(event: Json, bot: Bot, update: Json) -> InboundEvent:
    """A customer blocked the bot or lets it in again; in a group, it was let in or sent away."""
    here, who = chat(event), user(record(event.get("from")))
    before = text(record(event.get("old_chat_member")).get("status"))
    now = text(record(event.get("new_chat_member")).get("status"))
    if here is None or who is None or now is None:
        return Odd("a change of membership without a chat, a status, or of nobody's")
    if here.source != "direct":
        return Noted(f"in the {here.kind} {here.id} the bot is {now}, and was {before}")
    if now == "kicked":
        return Noted("the customer blocked the bot", who, unreachable=True)
    return Noted("the customer lets the bot write", who, unreachable=False)


_READERS: Final[dict[str, Callable[[Json, Bot, Json], InboundEvent]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _tapped,
    "message_reaction": _reacted,
    "my_chat_member": _member,
}
