"""Webhook bodies become events.

Source: LINE's OpenAPI description of webhooks, CallbackRequest and Event; LINE Developers, "Receive messages".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.line.reading import Json, load, moment, record, text
from rejoinder.channels.line.webhook.contents import Told, chosen, mentions, told
from rejoinder.channels.port.event import (
    Edited,
    Identity,
    InboundEvent,
    Noted,
    Odd,
    Said,
    Sender,
    Source,
    TakenBack,
)

USER: Final = "line_user"
"""The kind of identity that LINE's user id is. Each provider is told another one of the same person."""

NOTED: Final = frozenset(
    {
        "follow",
        "unfollow",
        "join",
        "leave",
        "memberJoined",
        "memberLeft",
        "beacon",
        "accountLink",
        "videoPlayComplete",
        "membership",
        "module",
        "activated",
        "deactivated",
        "botSuspended",
        "botResumed",
        "delivery",
    }
)
"""Events that ask for nothing here."""

_REACHABLE: Final = {"follow": False, "unfollow": True}  # an unfollower has blocked the account
_OF_MESSAGES: Final = frozenset({"message", "messageEdited", "unsend", "postback"})


@dataclass(frozen=True, slots=True)
class Within:
    """Where and when something happened: `thread` is the group, the room or the customer."""

    thread: str | None
    source: Source
    user: str | None
    at: datetime | None
    account: str | None

    @property
    def sender(self) -> Sender | None:
        """Who did it. LINE does not name those in groups who have not agreed to be: the group stands for them."""
        if self.user is not None:
            return Sender((Identity(USER, self.user),))
        return Sender((Identity(f"line_{self.source}", self.thread),)) if self.thread else None


def parse(body: bytes) -> list[InboundEvent]:
    """The events of a body, in its order; none for a console's Verify. Never raises."""
    try:
        envelope = load(body)
    except ValueError as wrong:
        return [Odd(f"the body is no JSON: {wrong}")]
    account = text(record(envelope).get("destination"))
    events = record(envelope).get("events")
    if not isinstance(events, list):
        return [Odd("the body has no list of events", account)]
    return [_event(each, account) for each in events]


def _event(event: JsonValue, account: str | None) -> InboundEvent:
    if not isinstance(event, dict):
        return Odd("an event that is no object", account)
    kind, within = text(event.get("type")) or "no type", _within(event, account)
    if event.get("mode") == "standby" and kind in _OF_MESSAGES:
        # Another module of the account has the chat, and answers.
        return Noted(f"{kind} on standby", within.sender, account=account)
    if kind in NOTED:
        return Noted(kind, within.sender, _REACHABLE.get(kind), account)
    match kind:
        case "message":
            return _message(event, within)
        case "postback":
            return _postback(event, within)
        case "messageEdited":
            return _edited(record(event.get("message")), within)
        case "unsend":
            return _unsent(record(event.get("unsend")), within)
        case _:
            return Odd(f"an event of the unknown type {kind!r}", account)


def _within(event: Json, account: str | None) -> Within:
    source = record(event.get("source"))
    user, at = text(source.get("userId")), moment(event.get("timestamp"))
    match source.get("type"):
        case "group":
            return Within(text(source.get("groupId")), "group", user, at, account)
        case "room":
            return Within(text(source.get("roomId")), "room", user, at, account)
        case _:
            return Within(user, "direct", user, at, account)


def _message(event: Json, within: Within) -> InboundEvent:
    message = record(event.get("message"))
    return _said(event, text(message.get("id")), told(message), within)


def _postback(event: Json, within: Within) -> InboundEvent:
    postback = record(event.get("postback"))
    if "newRichMenuAliasId" in record(postback.get("params")):
        return Noted("a customer turned the rich menu", within.sender, account=within.account)
    content = chosen(postback)
    if content is None:
        return Odd("a postback without data", within.account)
    return _said(event, _id_of(event), content, within)


def _said(event: Json, external_id: str | None, content: Told, within: Within) -> InboundEvent:
    sender, message = (
        within.sender,
        record(event.get("message")),
    )  # a tap has none, and is meant for us
    if external_id is None or within.thread is None or sender is None or within.at is None:
        return Odd("a message without its id, its time or who wrote it", within.account)
    return Said(
        thread=within.thread,
        external_id=external_id,
        sender=sender,
        parts=(content.part,),
        text=content.text,
        at=within.at,
        source=within.source,
        mentioned=within.source != "direct" and (not message or mentions(message, within.account)),
        media=(content.media,) if content.media else (),
        reply_to=text(message.get("quotedMessageId")),
        reply_token=text(event.get("replyToken")),
        read_token=text(message.get("markAsReadToken")),
        metadata=content.extra or None,
        account=within.account,
    )


def _edited(message: Json, within: Within) -> InboundEvent:
    external_id = text(message.get("id"))
    if external_id is None or within.at is None:
        return Odd("an edit that does not say of which message, or when", within.account)
    return Edited(
        external_id,
        told(message).text,
        within.at,
        within.account,
        within.thread,
        within.source,
    )


def _unsent(unsend: Json, within: Within) -> InboundEvent:
    external_id = text(unsend.get("messageId"))
    if external_id is None or within.at is None:
        return Odd("a message was taken back, and it is not said which or when", within.account)
    return TakenBack(external_id, within.at, within.account, within.thread, within.source)


def _id_of(event: Json) -> str:
    """What a tap is known by when it is posted again. Deliveries of before 2022 have no id of their own."""
    given = text(event.get("webhookEventId")) or text(event.get("replyToken"))
    if given is not None:
        return given
    source, data = record(event.get("source")), record(event.get("postback")).get("data")
    told_apart = (text(event.get("timestamp")), text(source.get("userId")), text(data))
    return f"postback-{hashlib.sha256(repr(told_apart).encode()).hexdigest()[:32]}"
