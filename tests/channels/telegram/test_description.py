"""All that we ask of Telegram is as its own description has it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rejoinder.channels.port.adapter import Signal
from rejoinder.channels.port.outgoing import Taken
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.channels.telegram.asking import UPDATES
from rejoinder.channels.telegram.parse.contents import UNSHOWN
from rejoinder.channels.telegram.parse.message import SERVICE
from rejoinder.channels.telegram.parse.update import NOTED
from rejoinder.channels.telegram.played.answers import asked
from rejoinder.channels.telegram.played.fields import OTHERS, SENDS
from tests.channels.telegram.bot import GROUP, OnLoopback, json_of, outgoing, sent
from tests.channels.telegram.description import Description
from tests.channels.telegram.parts import PARTS


@pytest.fixture(scope="session")
def described(data: Path) -> Description:
    return Description(json_of((data / "openapi" / "telegram" / "bot-api.min.json").read_bytes()))


def wrong(played: OnLoopback, described: Description) -> list[str]:
    """All that is wrong with the calls so far."""
    found: list[str] = []
    for call in played.calls:
        method = asked(call)
        assert method, call.path
        found += described.wrong(method.method, {**method.fields, **method.files})
    return found


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("to", ["5200000042", GROUP])
async def test_every_part_is_sent_as_described(
    played: OnLoopback, wire: Wire, described: Description, name: str, to: str
) -> None:
    message = outgoing(thread_key=to, answers=[f"{to}:44", "callback:77"])
    assert isinstance(await sent(played, wire, message, PARTS[name]), Taken)
    assert not wrong(played, described)
    assert played.methods[0] == "answerCallbackQuery"
    assert len(played.methods) == 2


async def test_every_other_call_is_as_described(
    played: OnLoopback, wire: Wire, described: Description
) -> None:
    telegram, account = Telegram(), played.account
    await telegram.check(account, wire)
    await telegram.announce(account, "https://bot.example/webhooks/telegram/7", wire)
    await telegram.signal(account, Signal("typing", GROUP, "callback:77"), wire)
    customer = played.telegram.customers(1)
    said = played.telegram.said(customer, PARTS["image"], datetime.now(UTC))
    (event,) = telegram.parse(account, said.body)
    await telegram.locate(account, event.media[0], wire)  # type: ignore[union-attr]
    assert not wrong(played, described)
    assert len(played.calls) == 6


def test_our_tables_hold_nothing_that_is_not_described(described: Description) -> None:
    for method, table in (*SENDS.items(), *OTHERS.items()):
        known = described.names(method)
        assert table.keys() <= known.keys(), method
        for name, rule in table.items():
            assert (rule.of == "file") == ("InputFile" in known[name]), (method, name)
            assert (rule.of == "text") == (known[name] == ["String"]), (method, name)


def test_every_kind_of_update_and_message_is_known(described: Description) -> None:
    read = {"message", "edited_message", "callback_query", "message_reaction", "my_chat_member"}
    assert read | NOTED == described.updates()
    assert set(UPDATES) <= described.updates()
    assert SERVICE | set(UNSHOWN) <= described.fields("Message")
