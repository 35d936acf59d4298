"""A played platform takes requests, spoils them as the plan says, and tells what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from rejoinder.channels.port.event import Echoed, Said
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    WindowClosed,
)
from rejoinder.conversations.content import Text
from rejoinder.db import new_id
from rejoinder.errors import Setup
from rejoinder.testing.platforms.faults import Plan, Spoiled
from rejoinder.testing.platforms.server import PlayedPlatform, playing
from tests.testing.platforms.conftest import Taker, taking
from tests.testing.platforms.sending import Business, business

ANN = "pebble-1"


@pytest.fixture
async def shop(platform: PlayedPlatform) -> AsyncIterator[Business]:
    async with business(platform) as shop:
        yield shop


async def test_what_is_sent_is_shown(platform: PlayedPlatform, shop: Business) -> None:
    receipt = await shop.send(ANN, "Hello")
    assert isinstance(receipt, Taken)
    (shown,) = platform.book.shown
    assert (shown.to, shown.text, shown.platform_id) == (ANN, "Hello", receipt.platform_ids[0])
    assert platform.book.texts(ANN) == ["Hello"]


async def test_a_repeat_that_the_platform_knows_is_shown_once(
    platform: PlayedPlatform, shop: Business
) -> None:
    delivery_id = new_id()
    first = await shop.send(ANN, "Hello", delivery_id)
    assert await shop.send(ANN, "Hello", delivery_id) == first
    assert len(platform.book.shown) == 1
    assert not platform.book.doubled()


async def test_one_that_it_doesn_t_know_is_doubled(
    platform: PlayedPlatform, shop: Business
) -> None:
    await shop.send(ANN, "Hello")
    await shop.send(ANN, "Hello")
    assert [each.text for each in platform.book.doubled()] == ["Hello"]


async def test_the_same_words_after_a_question_are_an_answer(
    platform: PlayedPlatform, shop: Business, taker: Taker
) -> None:
    ann = platform.played.customers(1)
    for _ in range(2):
        await platform.say(ann, Text(text="Are you there?"))
        await shop.send(ann.id, "Yes")
    assert not platform.book.doubled()


@pytest.mark.parametrize(
    ("fault", "receipt"),
    {
        "throttle": Throttled,
        "throttle-recipient": RecipientThrottled,
        "fail": NotTaken,
        "reject": Refused,
        "bad-credential": BadCredential,
        "window-closed": WindowClosed,
        "hang": NotTaken,
        "close": NotTaken,
    }.items(),
)
async def test_a_fault_before_accepting_shows_nothing(
    plugged: None, fault: Spoiled, receipt: type
) -> None:
    async with (
        playing("pebble", plan=Plan({fault: 1.0}, hang_seconds=0.05)) as platform,
        business(platform) as shop,
    ):
        assert isinstance(await shop.send(ANN, "Hello"), receipt)
        assert not platform.book.shown
        assert platform.faults.happened == {fault: 1}


@pytest.mark.parametrize("fault", ["fail-after-accept", "hang-after-accept", "close-after-accept"])
async def test_a_fault_after_accepting_shows_the_message(plugged: None, fault: Spoiled) -> None:
    async with (
        playing("pebble", plan=Plan(hang_seconds=0.05)) as platform,
        business(platform) as shop,
    ):
        platform.faults.script.append(fault)
        assert isinstance(await shop.send(ANN, "Hello"), NotTaken)
        assert platform.book.texts(ANN) == ["Hello"]


async def test_faults_meet_messages_only(plugged: None) -> None:
    async with playing("pebble", plan=Plan({"reject": 1.0})) as platform, business(platform):
        assert platform.faults.happened.total() == 0
        # Who asks for nothing that is sent is answered as ever.
        assert (await _status(platform, "/me")) == 200


async def test_receipts_follow_the_message(
    platform: PlayedPlatform, shop: Business, taker: Taker
) -> None:
    await shop.send(ANN, "Hello")
    await platform.telling.settled()
    assert taker.told(platform.book.shown[0].platform_id) == ["sent", "delivered", "read"]
    assert platform.telling.receipts == {"sent": 1, "delivered": 1, "read": 1}


TOLD = {
    "receipt-late": ["sent", "delivered", "read"],
    "receipt-twice": ["sent", "sent", "delivered", "delivered", "read", "read"],
    "receipt-reversed": ["read", "delivered", "sent"],
    "receipt-failed": ["failed"],
    "receipt-lost": [],
}


@pytest.mark.parametrize(("fault", "told"), TOLD.items())
async def test_receipts_that_lie(plugged: None, fault: str, told: list[str]) -> None:
    plan = Plan({fault: 1.0}, late_seconds=0.05)
    async with playing("pebble", plan=plan) as platform, taking(platform) as taker:
        platform.posts_to(taker.url)
        async with business(platform) as shop:
            await shop.send(ANN, "Hello")
        await platform.telling.settled()
        assert taker.told(platform.book.shown[0].platform_id) == told


async def test_receipts_and_echoes_before_the_answer(plugged: None) -> None:
    plan = Plan({"receipt-early": 1.0, "echo-early": 1.0})
    async with playing("pebble", plan=plan) as platform, taking(platform) as taker:
        platform.posts_to(taker.url)
        async with business(platform) as shop:
            receipt = await shop.send(ANN, "Hello")
        assert isinstance(receipt, Taken)
        # No word of settled(): they were there before the request was answered.
        assert isinstance(taker.events[0], Echoed)
        assert taker.told(receipt.platform_ids[0])[:3] == ["sent", "delivered", "read"]


async def test_a_person_s_message_is_an_echo_of_no_delivery(
    platform: PlayedPlatform, taker: Taker
) -> None:
    assert await platform.person_writes(platform.played.customers(1), "I'll take over")
    (echoed,) = taker.events
    assert isinstance(echoed, Echoed)
    assert (echoed.thread, echoed.text, echoed.delivery_id) == (ANN, "I'll take over", None)


async def test_a_webhook_that_is_not_acknowledged_comes_again(
    platform: PlayedPlatform, taker: Taker
) -> None:
    taker.script.extend([503, 500])
    assert await platform.say(platform.played.customers(1), Text(text="Hello"))
    assert taker.posts == 3
    assert [each.text for each in taker.events if isinstance(each, Said)] == ["Hello"]
    webhooks = platform.telling.webhooks
    assert webhooks is not None
    assert webhooks.refused == {"HTTP 503": 1, "HTTP 500": 1}
    assert (len(webhooks.acknowledged), webhooks.lost) == (1, 0)


async def test_it_does_not_where_redelivery_is_off(platform: PlayedPlatform, taker: Taker) -> None:
    webhooks = platform.posts_to(taker.url, redelivers=False)
    taker.script.append(503)
    assert not await platform.say(platform.played.customers(1), Text(text="Hello"))
    assert (taker.posts, webhooks.lost) == (1, 1)


async def test_a_port_that_is_taken_is_told(platform: PlayedPlatform) -> None:
    port = int(platform.url.rpartition(":")[2])
    with pytest.raises(Setup, match=f"port {port}"):
        async with playing("pebble", port=port):
            pytest.fail("two listen on one port")


async def _status(platform: PlayedPlatform, path: str) -> int:
    import aiohttp

    headers = {"Authorization": "Bearer pebble-token"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(platform.url + path, json={}) as response,
    ):
        return response.status
