"""Every request to a platform and from it stands in the channel's log, a moment later and without secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from aiohttp import web

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel
from rejoinder.channels.log import ChannelLog
from rejoinder.channels.log import store as written
from rejoinder.channels.port.account import sealed
from rejoinder.channels.port.adapter import Request
from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.channels.port.wire import Exchange
from rejoinder.channels.senders import Senders
from rejoinder.db import Database, new_id
from rejoinder.net.guard import outward
from rejoinder.secrets.vault import Vault
from rejoinder.turns.upkeep.retention import Keep, clean

VAULT = Vault(lambda: (b"the installation's secret key...",))
CANARY = "EAAcanaryOfAnAccessToken"
CREDENTIALS = {
    "access_token": CANARY,
    "phone_number_id": "1045551",
    "app_secret": f"{CANARY}2",
    "verify_token": f"{CANARY}3",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A channel and its log."""

    db: Database
    workspace_id: UUID
    channel_id: UUID
    log: ChannelLog

    async def lines(self, **which: str) -> list[tuple[str, str, int | None, str]]:
        """(direction, what, status, address), newest first."""
        async with self.db.read(self.workspace_id) as read:
            found = await written.page(read, self.channel_id, None, 50, **which)  # type: ignore[arg-type]
        return [(each.direction, each.what, each.status, each.address) for each in found]


@pytest.fixture
async def place(db: Database, workspace_id: UUID) -> Place:
    bot = Bot(bot_id=new_id(), name="Bot", persona="", fallback_text="Later.")
    credentials = sealed(CREDENTIALS, VAULT)
    channel = Channel(new_id(), bot.bot_id, "whatsapp_cloud", "Chat", credentials=credentials)
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, channel)
    return Place(db, workspace_id, channel.channel_id, ChannelLog(db))


def came(place: Place, what: str = "applied") -> None:
    body = b'{"entry": [{"replyToken": "nHuyWiB7canary"}]}'
    request = Request("POST", {"authorization": "Bearer canary"}, {}, body)
    place.log.note_in(
        place.workspace_id, place.channel_id, request, "/webhooks/x?token=canary", what, 0.02
    )


def going(place: Place) -> Outgoing:
    return Outgoing(
        delivery_id=new_id(),
        conversation_id=new_id(),
        message_id=new_id(),
        turn_id=None,
        seq=1,
        attempt=1,
        uncounted=0,
        orphaned=False,
        thread_key="49151",
        sender_type="ai",
        kind="text",
        text="Hello",
        content=[],
        metadata={},
        received_at=datetime.now(UTC),
        answers=[],
        channel_id=place.channel_id,
        platform="whatsapp_cloud",
        settings={},
        credentials=sealed(CREDENTIALS, VAULT),
        allow_private_networks=True,
        priority=0,
        workspace_id=place.workspace_id,
        reply_token="reply-canary",
    )


async def everything(db: Database) -> str:
    async with db.maintenance() as maintenance:
        rows = await maintenance.connection.fetch("SELECT l::text FROM channel_log l")
    return "\n".join(row[0] for row in rows)


async def test_both_ways_and_without_secrets(place: Place) -> None:
    async with place.log.open():
        came(place)
        url = f"https://graph.example/messages?access_token={CANARY}"
        request = f'{{"token": "{CANARY}", "to": "49151", "reply": "reply-canary"}}'.encode()
        exchange = Exchange("POST", url, request, 200, b'{"id": "wamid.1"}', 0.125)
        lost = Exchange("POST", url, request, None, b"no answer", 15.0)
        place.log.note_out(going(place), [CANARY], [exchange, lost], "taken")
    lines = await place.lines()
    assert [line[:3] for line in lines] == [
        ("out", "taken", None),
        ("out", "taken", 200),
        ("in", "applied", 200),
    ]
    assert await place.lines(direction="in", of_class="applied") == lines[2:]
    assert await place.lines(of_class="refused") == []
    text = await everything(place.db)
    assert "canary" not in text
    assert "49151" in text
    assert "wamid.1" in text
    assert ",125," in text  # milliseconds


@pytest.fixture
async def platform() -> AsyncIterator[str]:
    async def take(_: web.Request) -> web.Response:
        return web.json_response({"messages": [{"id": "wamid.9"}]})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_real_send_leaves_no_token(place: Place, platform: str) -> None:
    message = going(place)
    message.settings["base_url"] = platform
    async with outward() as out, place.log.open():
        senders = Senders(out, VAULT, note=place.log.note_out)
        await senders.send(message)
    (line,) = await place.lines()
    assert line[:3] == ("out", "taken", 200)
    assert "/1045551/messages" in line[3]
    assert "anary" not in await everything(place.db)


async def test_where_nothing_is_to_be_kept_nothing_is(place: Place) -> None:
    quiet = Place(place.db, place.workspace_id, place.channel_id, ChannelLog(place.db, keep=False))
    async with quiet.log.open():
        came(quiet)
        quiet.log.note_out(going(quiet), [], [Exchange("GET", "/", b"", 200, b"", 0.1)], "taken")
    assert await quiet.lines() == []


async def test_lines_of_a_channel_that_is_gone_keep_no_other_from_being_written(
    place: Place,
) -> None:
    gone = Place(place.db, place.workspace_id, new_id(), place.log)
    came(gone)
    came(place)
    await place.log.flush()
    assert len(await place.lines()) == 1


async def test_there_is_an_end_to_what_waits(place: Place) -> None:
    for _ in range(5_010):
        came(place)
    await place.log.flush()
    async with place.db.read(place.workspace_id) as read:
        assert len(await written.page(read, place.channel_id, None, 6_000)) == 5_000


async def test_old_lines_go(place: Place) -> None:
    came(place)
    await place.log.flush()
    await clean(place.db, Keep(None, None, None, timedelta(days=1)))
    assert len(await place.lines()) == 1
    await clean(place.db, Keep(None, None, None, timedelta(0)))
    assert await place.lines() == []
