"""A message of a customer's, new or changed.

Source: Bot API, Message. Message ids count within one chat, so an external id is `{chat_id}:{message_id}`.
"""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from rejoinder.channels.port.event import Edited, InboundEvent, Moved, Noted, Odd, Said, Sender
from rejoinder.channels.telegram.parse.contents import Told, told, unsupported
from rejoinder.channels.telegram.parse.mentions import Bot, speaks_to
from rejoinder.channels.telegram.parse.people import Chat, chat, is_bot, own_phone, writer
from rejoinder.channels.telegram.parse.reading import Json, key, moment, record, text

SERVICE: Final = frozenset(
    {
        *("new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed"),
        *("new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created"),
        *("supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed"),
        *("pinned_message", "successful_payment", "refunded_payment", "users_shared"),
        *("chat_shared", "gift_upgrade_sent", "connected_website", "write_access_allowed"),
        *("passport_data", "proximity_alert_triggered", "boost_added", "chat_background_set"),
        *("checklist_tasks_done", "checklist_tasks_added", "direct_message_price_changed"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden"),
        *("giveaway_created", "giveaway_completed", "managed_bot_created"),
        *("paid_message_price_changed", "poll_option_added", "poll_option_deleted"),
        *("suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined"),
        *("suggested_post_paid", "suggested_post_refunded", "video_chat_scheduled"),
        *("video_chat_started", "video_chat_ended", "video_chat_participants_invited"),
        "web_app_data",
    }
)
"""Fields that say what happened in a chat; such a message holds nothing that anybody wrote."""

_FRAME: Final = frozenset(
    {
        *("message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat"),
        *("sender_boost_count", "sender_business_bot", "sender_tag", "date", "chat", "via_bot"),
        *("forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message"),
        *("external_reply", "quote", "reply_to_story", "edit_date", "has_protected_content"),
        *("is_from_offline", "is_paid_post", "media_group_id", "author_signature", "entities"),
        *("paid_star_count", "link_preview_options", "effect_id", "caption", "caption_entities"),
        *("reply_markup", "has_media_spoiler", "show_caption_above_media"),
    }
)
"""Fields that stand around what a message holds; the first other one names what nobody here knows."""


def named(chat_id: str, message_id: str) -> str:
    """What we call a message."""
    return f"{chat_id}:{message_id}"


def moved(message: Json) -> Moved | None:
    """A group became a supergroup, with another id: both chats get a message that says so."""
    here = chat(message)
    if here is None:
        return None
    if to := key(message.get("migrate_to_chat_id")):
        return Moved(here.id, to)
    if before := key(message.get("migrate_from_chat_id")):
        return Moved(before, here.id)
    return None


def said(message: Json, bot: Bot) -> InboundEvent:
    """A new message."""
    here, message_id = chat(message), key(message.get("message_id"))
    at = moment(message.get("date"))
    if here is None or message_id is None or at is None:
        return Odd("a message without a chat, an id or a date")
    passed_over = _passed_over(message)
    if passed_over is not None:
        return passed_over
    sender = writer(message)
    if sender is None:
        return Odd("a message of nobody's")
    phone = own_phone(message)
    if phone is not None:
        sender = Sender((*sender.identities, phone), sender.name)
    content = told(message) or unsupported(_what(message))
    return Said(
        thread=here.id,
        external_id=named(here.id, message_id),
        sender=sender,
        parts=(content.part,),
        text=content.text,
        at=at,
        source=here.source,
        mentioned=here.source != "direct" and speaks_to(bot, message),
        media=(content.media,) if content.media else (),
        reply_to=_reply_to(message, here),
        forwarded="forward_origin" in message or "forward_date" in message,
        metadata=_metadata(message, content),
    )


def edited(message: Json) -> InboundEvent:
    """A message that says something else now. A shared place that moves is told as an edit, every few seconds."""
    here, message_id = chat(message), key(message.get("message_id"))
    at = moment(message.get("edit_date")) or moment(message.get("date"))
    if here is None or message_id is None or at is None:
        return Odd("a changed message without a chat, an id or a date")
    if is_bot(record(message.get("from"))) and "sender_chat" not in message:
        return Noted("a bot's message was changed")
    content = told(message)
    if content is None or "location" in message:
        return Noted("a message was changed, not what it says")
    return Edited(named(here.id, message_id), content.text, at, thread=here.id, source=here.source)


def _passed_over(message: Json) -> Noted | None:
    """What is no customer's writing."""
    happened = next((field for field in message if field in SERVICE), None)
    if happened is not None:
        return Noted(happened)
    if message.get("is_automatic_forward") is True:
        return Noted("a post of the linked channel")
    if is_bot(record(message.get("from"))) and "sender_chat" not in message:
        return Noted("a message of a bot")
    return None


def _what(message: Json) -> str:
    unknown = (text(field) for field in message if field not in _FRAME)
    return next((field[:100] for field in unknown if field), "empty message")


def _reply_to(message: Json, here: Chat) -> str | None:
    """Within a topic every message answers the one that opened it, which says nothing."""
    answered = record(message.get("reply_to_message"))
    answered_id = key(answered.get("message_id"))
    if answered_id is None or "forum_topic_created" in answered:
        return None
    return named((chat(answered) or here).id, answered_id)


def _metadata(message: Json, content: Told) -> dict[str, JsonValue] | None:
    found = dict(content.extra)
    if album := text(message.get("media_group_id")):
        found["media_group_id"] = album
    if topic := key(message.get("message_thread_id")):
        found["topic"] = topic
    return found or None
