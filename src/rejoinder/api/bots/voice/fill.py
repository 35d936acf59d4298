"""What is known in a conversation, for a canned reply."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from rejoinder.api.bots.voice.store import spoken_to
from rejoinder.bots import store as bots
from rejoinder.bots.voice import store as voices
from rejoinder.bots.voice.persona import pick
from rejoinder.bots.voice.templates.context import Context
from rejoinder.db import Read
from rejoinder.errors import NotFound


async def context_of(read: Read, conversation_id: UUID) -> Context:
    """The context of one conversation. Raises NotFound."""
    found = await spoken_to(read, conversation_id)
    if found is None:
        raise NotFound(
            f"There is no conversation {conversation_id} in this workspace.",
            mend="Name the conversation by the id that its messages have.",
        )
    bot = await bots.bot_of(read, found.bot_id)
    persona = pick((await voices.voice(read, found.bot_id)).personas, found.channel_id)
    understood = found.understood if isinstance(found.understood, dict) else {}
    usual = bot.settings.understand.time_zone if bot else "UTC"
    entities = understood.get("entities")
    return Context(
        now=datetime.now(UTC).astimezone(_zone(found.time_zone or usual)),
        bot=found.bot,
        persona=persona.name if persona else "",
        contact=found.contact or "",
        contact_language=found.language or "",
        tags=tuple(found.tags),
        attributes={name: _text(value) for name, value in found.attributes.items()},
        intent=_text(understood.get("intent")),
        language=_text(understood.get("language")),
        entities={name: _text(value) for name, value in entities.items()}
        if isinstance(entities, dict)
        else {},
        message=found.message or "",
    )


def _text(value: JsonValue) -> str:
    """A value in words: of several the first, of none nothing."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return "" if value is None or isinstance(value, dict) else str(value)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # what a contact's row holds may be any text
        return ZoneInfo("UTC")
