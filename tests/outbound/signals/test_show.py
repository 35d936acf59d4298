"""Typing and read marks: in the background, as the channel says, and of no consequence when they fail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.channels import registry
from rejoinder.channels.line.adapter import LOADING_S
from rejoinder.channels.port.account import sealed
from rejoinder.channels.port.adapter import Account, Capabilities, Limits, Signal
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.contacts.model import Identity
from rejoinder.db import Database, new_id
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive
from rejoinder.net.guard import Outward, outward
from rejoinder.outbound.signals.show import Signals
from rejoinder.secrets.vault import Vault

VAULT = Vault(lambda: (b"the installation's secret key...",))


class Showing:
    """A platform that remembers what it was asked to show."""

    name = "showing"
    limits = Limits(text=100)
    capabilities = Capabilities(
        frozenset({"text"}), typing=True, read_mark=True, typing_seconds=0.01
    )

    def __init__(self) -> None:
        self.got: list[tuple[str, str | None, str]] = []
        self.fails = False
        self._came = asyncio.Condition()

    async def signal(self, account: Account, signal: Signal, _wire: Wire) -> None:
        """What an adapter does."""
        self.got.append((signal.what, signal.platform_id, account.credentials["token"]))
        async with self._came:
            self._came.notify_all()
        if self.fails:
            raise ConnectionError

    async def shown(self, times: int) -> None:
        """Wait until that much was asked for."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.got) >= times)


@pytest.fixture
def showing() -> Iterator[Showing]:
    with played() as showing:
        yield showing


@contextmanager
def played() -> Iterator[Showing]:
    """The registry knows one more platform for a while."""
    showing, known = Showing(), registry.platform

    registry._PLATFORMS["showing"] = f"{__name__}:CURRENT"
    globals()["CURRENT"] = lambda: showing
    known.cache_clear()
    try:
        yield showing
    finally:
        del registry._PLATFORMS["showing"]
        known.cache_clear()


@pytest.fixture
async def out() -> AsyncIterator[Outward]:
    async with outward() as out:
        yield out


async def _conversation(db: Database, workspace_id: UUID, settings: ChannelSettings) -> UUID:
    bot = Bot(bot_id=new_id(), name="Bot", persona="", fallback_text="Later.")
    channel = Channel(
        new_id(), bot.bot_id, "showing", "Showing", settings, sealed({"token": "t-1"}, VAULT)
    )
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, channel)
    said = Incoming(
        channel_id=channel.channel_id,
        platform="showing",
        thread_key="ann",
        external_id="message-1",
        sender_type="customer",
        sender_id="ann",
        sender_name=None,
        text="Hello",
        content=[],
        platform_time=None,
        metadata={},
        waits=False,
        identities=(Identity("showing_user", "ann"),),
    )
    return (await receive(db, workspace_id, said)).conversation_id


async def test_read_once_and_typing_as_long_as_it_takes(
    db: Database, workspace_id: UUID, showing: Showing, out: Outward
) -> None:
    conversation = await _conversation(db, workspace_id, ChannelSettings())
    with Signals(db, out, VAULT).writing("showing", workspace_id, conversation):
        await showing.shown(4)
    seen = len(showing.got)
    assert showing.got[0] == ("read", "message-1", "t-1")
    assert {what for what, *_ in showing.got[1:]} == {"typing"}
    with Signals(db, out, VAULT).writing("showing", workspace_id, conversation):
        await showing.shown(seen + 1)


async def test_signs_of_writing_leave_messages_their_places(
    db: Database, workspace_id: UUID, showing: Showing, out: Outward
) -> None:
    """Of three a second one may be a sign, however many conversations are answered at once."""
    showing.limits = Limits(text=100, per_second=3)
    conversation = await _conversation(
        db, workspace_id, replace(ChannelSettings(), mark_read=False)
    )
    began = time.monotonic()
    with Signals(db, out, VAULT).writing("showing", workspace_id, conversation):
        await showing.shown(3)
    assert time.monotonic() - began > 1


@pytest.mark.parametrize(("setting", "left"), [("typing", {"read"}), ("mark_read", {"typing"})])
async def test_the_channel_says_what_is_shown(
    db: Database, workspace_id: UUID, showing: Showing, out: Outward, setting: str, left: set[str]
) -> None:
    settings = replace(ChannelSettings(), **{setting: False})  # type: ignore[arg-type]
    conversation = await _conversation(db, workspace_id, settings)
    with Signals(db, out, VAULT).writing("showing", workspace_id, conversation):
        await showing.shown(1)
    assert {what for what, *_ in showing.got} == left


async def test_a_failure_is_of_no_consequence(
    db: Database, workspace_id: UUID, showing: Showing, out: Outward
) -> None:
    showing.fails = True
    conversation = await _conversation(db, workspace_id, ChannelSettings())
    with Signals(db, out, VAULT).writing("showing", workspace_id, conversation):
        await showing.shown(1)
    assert len(showing.got) == 1


@pytest.mark.parametrize("platform", ["rest", "pancake", "nobody's"])
async def test_others_are_not_even_looked_at(
    db: Database, out: Outward, platform: str, workspace_id: UUID
) -> None:
    before = asyncio.all_tasks()
    with Signals(db, out, VAULT).writing(platform, workspace_id, new_id()):
        assert asyncio.all_tasks() == before


async def test_a_paused_channel_shows_nothing(
    db: Database, workspace_id: UUID, showing: Showing, out: Outward
) -> None:
    conversation = await _conversation(db, workspace_id, ChannelSettings())
    async with db.transaction(workspace_id) as tx:
        await tx.connection.execute(
            "UPDATE channels SET paused_until = 'infinity' WHERE workspace_id = $1", workspace_id
        )
    signals = Signals(db, out, VAULT)
    with signals.writing("showing", workspace_id, conversation):
        task = next(each for each in asyncio.all_tasks() if each.get_name().startswith("typing-"))
        await task
    assert showing.got == []


@pytest.mark.parametrize(
    ("name", "shown_for"), [("telegram", 5), ("line", LOADING_S), ("whatsapp_cloud", 25)]
)
def test_it_is_renewed_before_the_customer_sees_it_end(name: str, shown_for: float) -> None:
    adapter = registry.platform(name)
    assert adapter is not None
    assert shown_for * 0.8 < adapter.capabilities.typing_seconds < shown_for
