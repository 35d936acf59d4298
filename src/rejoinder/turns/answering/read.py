"""The window of a turn, and who writes."""

from __future__ import annotations

from rejoinder.bots.model import Bot
from rejoinder.bots.voice.model import Voice
from rejoinder.db import Read
from rejoinder.errors import NothingAsked
from rejoinder.turns.answering import store
from rejoinder.turns.answering.model import Window
from rejoinder.turns.model import Asked, Claimed


async def read(connection: Read, claimed: Claimed, bot: Bot, voice: Voice) -> Window:
    """The window: inside a turn messages are read by platform time, before it by seq. Raises NothingAsked."""
    messages, profile = await store.window(connection, claimed, bot.history_messages)
    asked = tuple(
        sorted(
            (message for message in messages if message.turn_id == claimed.turn_id),
            key=lambda message: (message.platform_time, message.seq),
        )
    )
    if not asked or profile is None:
        raise NothingAsked("The turn is not this worker's any more, or it has no messages left.")
    newest = max(message.seq for message in asked)
    return Window(bot, asked, _history(messages, claimed, newest), profile, voice)


def _history(messages: list[Asked], claimed: Claimed, newest: int) -> tuple[Asked, ...]:
    # A customer's message newer than the turn's is the next turn's business; a reply to the turn before may well have
    # come after this turn's first message.
    earlier = (
        message
        for message in messages
        if message.turn_id != claimed.turn_id
        and (message.sender_type != "customer" or message.seq < newest)
    )
    return tuple(sorted(earlier, key=lambda message: message.seq))
