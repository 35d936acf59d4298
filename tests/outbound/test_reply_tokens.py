"""A platform's reply token is taken by one message, and only as long as it is good for something."""

from __future__ import annotations

from datetime import timedelta

from rejoinder.channels.registry import knows_repeats
from tests.outbound.conftest import Receiver
from tests.outbound.told.conftest import MOVE, Chat, chat

__all__ = ["chat"]

GIVEN = """
UPDATE conversations SET reply_token = 'stored', reply_token_until = clock_timestamp() + $3::interval
WHERE workspace_id = $1 AND conversation_id = $2 RETURNING true
"""


async def _line(chat: Chat, good_for: timedelta) -> None:
    await chat.outbox.shop.sql(MOVE, "line")
    await chat.outbox.shop.sql(GIVEN, chat.outbox.conversation_id, good_for)


async def test_the_first_of_a_reply_takes_it(chat: Chat, receiver: Receiver) -> None:
    await _line(chat, timedelta(seconds=50))
    await chat.outbox.bot("one", "two")
    await chat.outbox.send(receiver.send)
    first, second = receiver.got
    assert (first.reply_token, second.reply_token) == ("stored", None)
    assert 40 < first.reply_token_s <= 50
    assert [knows_repeats(each) for each in receiver.got] == [False, True]


async def test_one_that_has_ended_is_left(chat: Chat, receiver: Receiver) -> None:
    """What is pushed from the start may be sent again when its sender dies."""
    await _line(chat, timedelta(seconds=-1))
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    (only,) = receiver.got
    assert only.reply_token is None
    assert knows_repeats(only)
