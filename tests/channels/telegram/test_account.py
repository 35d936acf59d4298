"""Who the bot is, where webhooks go, typing, and where files lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from rejoinder.channels.port.adapter import NotThere, Signal
from rejoinder.channels.port.event import MediaRef, Said
from rejoinder.channels.port.simulated import Reply
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.conversations.content import Choice, File
from rejoinder.errors import Invalid, RejoinderError, Unavailable
from tests.channels.telegram.bot import CUSTOMER, GROUP, TOKEN, OnLoopback, account, answered

URL = "https://bot.example/webhooks/telegram/7"


async def test_the_bot_says_who_it_is(played: OnLoopback, wire: Wire) -> None:
    checked = await Telegram().check(played.account, wire)
    assert (checked.account, checked.name) == ("7100000001", "@played_bot")
    assert (checked.told, checked.learned) == ((), {"username": "played_bot"})


@pytest.mark.parametrize(("given", "told"), [("@Played_Bot", 0), ("other_bot", 1)])
async def test_another_name_than_its_own_is_told(
    played: OnLoopback, wire: Wire, given: str, told: int
) -> None:
    settings = {**played.account.settings, "username": given}
    checked = await Telegram().check(replace(played.account, settings=settings), wire)
    assert len(checked.told) == told
    assert all("not other_bot" in each for each in checked.told)


async def test_what_an_operator_should_know(played: OnLoopback, wire: Wire) -> None:
    me: JsonValue = {
        "id": 7100000001,
        "username": "played_bot",
        "can_read_all_group_messages": False,
    }
    error = f"Wrong response: 502 from https://api/bot{TOKEN}/x"
    info: dict[str, JsonValue] = {
        "last_error_message": error,
        "last_error_date": 1793000000,
        "pending_update_count": 3,
    }
    played.script += [Reply(200, {"ok": True, "result": each}) for each in (me, info)]
    settings = {**played.account.settings, "username": "@played_bot"}
    checked = await Telegram().check(replace(played.account, settings=settings), wire)
    privacy, failed, waiting = checked.told
    assert privacy.startswith("Privacy mode is on")
    assert failed.startswith("The last webhook that failed (2026-10-26")
    assert waiting.startswith("3 updates wait")
    assert TOKEN not in repr(checked)


WRONG: dict[str, tuple[Reply, type[RejoinderError]]] = {
    "no such token": (answered(401, description="Unauthorized"), Invalid),
    "no such bot": (answered(404, description="Not Found"), Invalid),
    "throttled": (answered(429, description="Too Many Requests"), Unavailable),
    "its fault": (answered(500, description="Internal Server Error"), Unavailable),
    "a proxy": (Reply(403, body=b"<html>"), Unavailable),
    "no id": (Reply(200, {"ok": True, "result": {}}), Unavailable),
}


@pytest.mark.parametrize("name", WRONG)
async def test_why_it_can_t_be_asked(played: OnLoopback, wire: Wire, name: str) -> None:
    answer, expected = WRONG[name]
    played.script.append(answer)
    with pytest.raises(expected) as told:
        await Telegram().check(played.account, wire)
    assert TOKEN not in str(told.value)


async def test_nobody_there(wire: Wire) -> None:
    with pytest.raises(Unavailable) as told:
        await Telegram().check(account(base_url="http://127.0.0.1:1"), wire)
    assert TOKEN not in str(told.value)
    with pytest.raises(Invalid) as told_more:
        await Telegram().check(account(base_url="gopher://x"), wire)
    assert told_more.value.where == "settings.base_url"


async def test_another_bot_s_token_is_told(played: OnLoopback, wire: Wire) -> None:
    with pytest.raises(Invalid) as told:
        await Telegram().check(replace(played.account, account="99"), wire)
    assert told.value.where == "credentials.bot_token"


async def test_telegram_is_told_our_address_and_the_secret(played: OnLoopback, wire: Wire) -> None:
    assert await Telegram().announce(played.account, URL, wire)
    (told,) = played.bodies
    assert (told["url"], told["secret_token"]) == (URL, "played-telegram-secret-token")
    assert {"message_reaction", "my_chat_member", "edited_message"} <= set(told["allowed_updates"])
    assert "drop_pending_updates" not in told


WRONG_ADDRESSES = (
    *("http://bot.example/w", "https://bot.example:8080/w", "https://bot.example:99999/w"),
    "bot.example",
)


@pytest.mark.parametrize("url", WRONG_ADDRESSES)
async def test_an_address_telegram_would_not_take(wire: Wire, url: str) -> None:
    with pytest.raises(Invalid) as told:
        await Telegram().announce(account(), url, wire)
    assert "REJOINDER_PUBLIC_URL" in told.value.mend
    assert wire.exchanges == []


async def test_an_address_telegram_does_not_take(played: OnLoopback, wire: Wire) -> None:
    words = "Bad Request: bad webhook: IP address 10.0.0.1 is reserved"
    played.script.append(answered(400, description=words))
    with pytest.raises(Invalid, match="is reserved"):
        await Telegram().announce(played.account, URL, wire)


async def test_typing_is_shown_and_a_tap_is_answered(played: OnLoopback, wire: Wire) -> None:
    telegram = Telegram()
    await telegram.signal(played.account, Signal("typing", CUSTOMER, f"{CUSTOMER}:4"), wire)
    await telegram.signal(played.account, Signal("typing", GROUP, "callback:77"), wire)
    assert played.methods == ["sendChatAction", "answerCallbackQuery", "sendChatAction"]
    assert played.bodies[0] == {"chat_id": int(CUSTOMER), "action": "typing"}


async def test_read_marks_and_chats_that_are_none_ask_nothing(
    played: OnLoopback, wire: Wire
) -> None:
    await Telegram().signal(played.account, Signal("read", CUSTOMER, f"{CUSTOMER}:4"), wire)
    await Telegram().signal(played.account, Signal("typing", "ours"), wire)
    assert played.calls == []


async def test_typing_that_fails_is_of_no_consequence(wire: Wire) -> None:
    away = account(base_url="http://127.0.0.1:1")
    await Telegram().signal(away, Signal("typing", CUSTOMER, "callback:7"), wire)
    assert len(wire.exchanges) == 2


def media(played: OnLoopback) -> MediaRef:
    customer = played.telegram.customers(1)
    said = played.telegram.said(customer, File(kind="image"), datetime.now(UTC))
    (event,) = Telegram().parse(played.account, said.body)
    assert isinstance(event, Said)
    return event.media[0]


async def test_a_file_is_fetched_at_telegram_only(played: OnLoopback, wire: Wire) -> None:
    place = await Telegram().locate(played.account, media(played), wire)
    base = str(played.account.settings["base_url"])
    assert place.url.startswith(f"{base}/file/bot{TOKEN}/photos/")
    assert (place.headers, place.hosts) == ({}, ("127.0.0.1",))
    assert (await wire.call("GET", place.url)).body.startswith(b"\xff\xd8\xff")


async def test_a_file_that_is_too_large_is_not_asked_for(played: OnLoopback, wire: Wire) -> None:
    with pytest.raises(NotThere, match="20 MB"):
        await Telegram().locate(played.account, MediaRef(0, id="x", size=20_000_001), wire)
    assert played.calls == []


GONE: dict[str, Reply] = {
    "too large": answered(400, description="Bad Request: file is too big"),
    "unknown": answered(400, description="Bad Request: invalid file_id"),
    "on a disk": Reply(200, {"ok": True, "result": {"file_path": "/var/lib/x"}}),
    "elsewhere": Reply(200, {"ok": True, "result": {"file_path": "../sendMessage"}}),
    "nowhere": Reply(200, {"ok": True, "result": {}}),
}


@pytest.mark.parametrize("name", GONE)
async def test_a_file_that_can_t_be_had(played: OnLoopback, wire: Wire, name: str) -> None:
    played.script.append(GONE[name])
    with pytest.raises(NotThere) as told:
        await Telegram().locate(played.account, media(played), wire)
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize("answer", [answered(500), answered(429), answered(401), "cut"])
async def test_a_file_that_may_be_had_later(played: OnLoopback, wire: Wire, answer: Reply) -> None:
    played.script.append(answer)
    with pytest.raises(Unavailable) as told:
        await Telegram().locate(played.account, media(played), wire)
    assert TOKEN not in str(told.value)


async def test_the_played_telegram_waits_for_taps_to_be_answered(
    played: OnLoopback, wire: Wire
) -> None:
    customer = played.telegram.customers(1)
    tap = played.telegram.said(customer, Choice(title="Yes"), datetime.now(UTC))
    (event,) = Telegram().parse(played.account, tap.body)
    assert isinstance(event, Said)
    assert len(played.telegram.waiting) == 1
    signal = Signal("typing", event.thread, event.external_id)
    await Telegram().signal(played.account, signal, wire)
    assert not played.telegram.waiting
