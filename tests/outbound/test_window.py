"""Outside the platform's window nothing is asked of it that it would refuse: a template goes, or a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rejoinder.channels.port.outgoing import Outgoing, WindowClosed
from tests.outbound.conftest import Receiver
from tests.outbound.outbox import never
from tests.outbound.told.conftest import Chat, chat, taken

__all__ = ["chat"]

TEMPLATE = (
    '{"window_template": {"name": "news", "language": "en", "parameters": ["Shop", "{text}"]}}'
)
DAY = timedelta(hours=24)


def _sent(outgoing: Outgoing) -> object:
    return outgoing.content


async def test_inside_it_the_message_goes(chat: Chat, receiver: Receiver) -> None:
    await chat.set(TEMPLATE)
    await chat.wrote(DAY - timedelta(minutes=1))
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert [_sent(each) for each in receiver.got] == [[]]


async def test_outside_it_the_template_goes(chat: Chat, receiver: Receiver) -> None:
    await chat.set(TEMPLATE)
    await chat.wrote(DAY)
    receiver.script += [taken()]
    await chat.outbox.bot("Your order\n has  left. " + "word " * 200)
    await chat.outbox.send(receiver.send)
    ((part,),) = [each.content for each in receiver.got]
    assert isinstance(part, dict)
    assert isinstance(part["parameters"], list)
    shop, text = part["parameters"]
    assert (part["kind"], part["name"], shop) == ("template", "news", "Shop")
    assert str(text).startswith("Your order has left. word")
    assert str(text).endswith("…")
    assert await chat.outbox.statuses() == ["sent"]
    (row,) = await chat.outbox.shop.sql(
        """SELECT d.as_template, m.metadata ->> 'as_template' FROM deliveries d
           JOIN messages m ON m.workspace_id = $1 AND m.message_id = d.message_id WHERE d.workspace_id = $1"""
    )
    assert tuple(row) == (True, "true")


@pytest.mark.parametrize(("parameter", "status"), [("{text}", "failed"), ("news", "sent")])
async def test_a_template_does_not_swallow_a_message_without_words(
    chat: Chat, receiver: Receiver, parameter: str, status: str
) -> None:
    """A picture, say: `{text}` would be nothing, and the customer would learn nothing."""
    await chat.set(TEMPLATE.replace("{text}", parameter))
    await chat.wrote(DAY)
    receiver.script += [taken()]
    await chat.outbox.bot(" ")
    await chat.outbox.send(receiver.send)
    assert await chat.outbox.statuses() == [status]


async def test_without_a_template_a_person_decides(chat: Chat, receiver: Receiver) -> None:
    await chat.wrote(timedelta(hours=30))
    (message,) = await chat.outbox.bot("one")
    await chat.outbox.send(never)
    assert await chat.outbox.statuses() == ["failed"]
    ((error, _, resolution),) = await chat.outbox.letters()
    assert "30.0 hours ago" in error
    assert "window_template" in error
    assert resolution is None
    await chat.wrote(timedelta(minutes=1))  # the customer has written again
    await chat.outbox.change("status = 'queued', next_try_at = now()", "failed")
    await chat.outbox.send(receiver.send)
    assert receiver.texts == ["one"]
    assert message in [each.message_id for each in receiver.got]


async def test_a_customer_who_never_wrote_gets_the_template(chat: Chat, receiver: Receiver) -> None:
    await chat.set(TEMPLATE)
    await chat.outbox.shop.sql(
        "UPDATE conversations SET last_customer_at = NULL WHERE workspace_id = $1 RETURNING true"
    )
    await chat.outbox.person("one")
    await chat.outbox.send(receiver.send)
    assert [each.kind for each in receiver.got] == ["template"]


async def test_the_platform_says_that_it_has_closed(chat: Chat, receiver: Receiver) -> None:
    await chat.set(TEMPLATE)
    receiver.script += [WindowClosed("131047"), taken()]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert [each.kind for each in receiver.got] == ["text", "template"]
    assert await chat.outbox.statuses() == ["sent"]
    receiver.script += [WindowClosed("131047"), WindowClosed("131047")]
    await chat.outbox.bot("two")
    await chat.outbox.send(receiver.send)
    assert await chat.outbox.statuses() == ["sent", "failed"]  # a template is refused once


async def test_the_platform_reports_it_later(chat: Chat, receiver: Receiver) -> None:
    await chat.set(TEMPLATE)
    receiver.script += [taken("a"), taken("b")]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert await chat.report("failed", "a", failure="window_closed")
    assert await chat.outbox.statuses() == ["queued"]
    await chat.outbox.send(receiver.send)
    assert [each.kind for each in receiver.got] == ["text", "template"]
    assert await chat.report("failed", "b", failure="window_closed")
    assert await chat.outbox.statuses() == ["failed"]
