"""What comes back from our account is ours, or a person's, or it is too early to tell."""

from __future__ import annotations

import asyncio
from functools import partial

from rejoinder.channels.port.outgoing import Unsure
from rejoinder.db import new_id
from rejoinder.outbound.told.store import note
from tests.eventually import eventually
from tests.outbound.conftest import Receiver
from tests.outbound.told.conftest import Chat, taken


async def test_known_by_its_id(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken()]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert await chat.echo("formatted otherwise") == "ours"
    assert await chat.echo("one", "wamid.2") == "stranger"
    assert await chat.outbox.statuses() == ["sent"]


async def test_nothing_was_sent(chat: Chat) -> None:
    await chat.outbox.bot("one")
    assert await chat.echo("one") == "stranger"
    assert await chat.echo("one", delivery=new_id()) == "stranger"
    assert await chat.outbox.statuses() == ["queued"]


async def test_while_something_is_being_sent(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken()]
    receiver.hold()
    await chat.outbox.bot("one")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    assert await chat.echo("something else", "wamid.2") == "waits"
    assert await chat.echo("one") == "ours"
    assert await chat.outbox.statuses() == ["sending"]
    receiver.release()
    await sending
    assert await chat.outbox.statuses() == ["sent"]
    assert await chat.echo("something else", "wamid.2") == "stranger"
    assert await chat.echo("one") == "ours"


async def test_an_echo_and_the_answer_wait_for_each_other_in_one_order(
    chat: Chat, receiver: Receiver
) -> None:
    """Both write the row of the platform's id, then the delivery: the other way round one of them would be killed."""
    receiver.script += [Unsure("no answer")]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    shop = chat.outbox.shop
    async with shop.db.transaction(shop.workspace_id) as tx:
        await note(tx, chat.outbox.channel_id, "wamid.1", "sent", None, [])
        echoing = asyncio.create_task(chat.echo("one"))
        await eventually(partial(_waits_for_a_lock, chat))
        await tx.connection.execute(
            "SELECT FROM deliveries WHERE workspace_id = $1 FOR UPDATE NOWAIT", tx.workspace_id
        )
    assert await echoing == "ours"
    assert await chat.outbox.statuses() == ["sent"]


async def _waits_for_a_lock(chat: Chat) -> bool:
    return bool(
        await chat.outbox.shop.sql(
            """SELECT FROM pg_stat_activity WHERE $1::uuid IS NOT NULL AND wait_event_type = 'Lock'
               AND datname = current_database() AND query LIKE '%INSERT INTO platform_messages%'"""
        )
    )


async def test_it_settles_one_of_unknown_fate_by_its_text(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [Unsure("no answer")]
    await chat.outbox.bot("one  \n line")
    await chat.outbox.send(receiver.send)
    assert await chat.echo("another", "wamid.2") == "waits"
    assert await chat.echo("one line") == "ours"
    assert await chat.outbox.statuses() == ["sent"]
    assert await chat.outbox.letters() == [("no answer", 1, "reconciled")]
    assert await chat.echo("another", "wamid.2") == "stranger"


async def test_it_settles_one_by_our_id(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [Unsure("no answer")]
    (message,) = await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert await chat.echo("", delivery=await chat.outbox.delivery(message)) == "ours"
    assert await chat.outbox.statuses() == ["sent"]


async def test_who_lost_sight_of_it_finds_the_echo(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [Unsure("no answer")]
    receiver.hold()
    await chat.outbox.bot("one")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    assert await chat.echo("one") == "ours"
    receiver.release()
    await sending
    assert await chat.outbox.statuses() == ["sent"]
    assert await chat.outbox.letters() == []


async def test_after_a_while_it_is_a_persons(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [Unsure("no answer")]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    await chat.outbox.change("held_until = now()", "unknown")
    assert await chat.echo("another") == "stranger"
    await chat.outbox.change("held_until = now() - interval '1 hour'", "unknown")
    assert await chat.echo("one") == "stranger"
    assert await chat.outbox.statuses() == ["unknown"]
