"""A platform's message as every channel's: pure."""

from __future__ import annotations

from pydantic import JsonValue

from rejoinder.bots.model import Groups
from rejoinder.channels.port.event import Echoed, Identity, Said
from rejoinder.conversations.content import stored
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.webhook.known import Known
from rejoinder.queue.priority import priority

PLATFORM_APP = "platform app"
"""Who answers in the platform's own app: platforms don't say which person that is."""


def is_heard(groups: Groups, source: str) -> bool:
    """Whether what is written there is stored at all."""
    return source == "direct" or groups != "ignore"


def is_asked(groups: Groups, said: Said) -> bool:
    """Whether the message wants an answer: a group's only when it speaks to us, or all of the group's do."""
    return said.asks and (said.source == "direct" or groups == "answer" or said.mentioned)


def message_of(known: Known, said: Said) -> Incoming | None:
    """A customer's message; None for a group's that the channel does not hear."""
    settings = known.channel.settings
    if not is_heard(settings.groups, said.source):
        return None
    sender = said.sender
    identities = sender.identities or (Identity("id", said.thread),)
    return Incoming(
        channel_id=known.channel.channel_id,
        platform=known.channel.platform,
        thread_key=said.thread,
        external_id=said.external_id,
        sender_type="customer",
        sender_id=identities[0].value,
        sender_name=sender.name,
        text=said.text,
        content=stored(said.parts),
        platform_time=said.at,
        metadata=(said.metadata or {}) | _told(said),
        waits=False,
        priority=priority(plan=known.channel.plan),
        history=not is_asked(settings.groups, said),
        identities=identities,
        group=said.source != "direct",
        media=said.media,
        reply_token=said.reply_token,
        read_token=said.read_token,
        settings=settings,
    )


def message_of_app(known: Known, echoed: Echoed) -> Incoming:
    """What a person wrote to the customer in the platform's own app."""
    identities = echoed.recipient.identities or (Identity("id", echoed.thread),)
    return Incoming(
        channel_id=known.channel.channel_id,
        platform=known.channel.platform,
        thread_key=echoed.thread,
        external_id=echoed.platform_id,
        sender_type="agent",
        sender_id=echoed.app or PLATFORM_APP,
        sender_name=PLATFORM_APP,
        text=echoed.text,
        content=stored(echoed.parts),
        platform_time=echoed.at,
        metadata={"app": echoed.app} if echoed.app else {},
        waits=False,
        identities=identities,
        media=echoed.media,
        settings=known.channel.settings,
    )


def _told(said: Said) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {}
    if said.reply_to is not None:
        told["reply_to"] = said.reply_to
    if said.forwarded:
        told["forwarded"] = True
    if said.source != "direct":
        told |= {"source": said.source, "sender_name": said.sender.name}
    return told
