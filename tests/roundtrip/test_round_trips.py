"""From a customer's signed webhook to the answer on their telephone, and what they made of it."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.channels.registry import platforms
from rejoinder.conversations.content import File, Location
from rejoinder.testing.platforms.faults import Plan
from rejoinder.testing.platforms.find import adapter_of
from tests.eventually import eventually
from tests.roundtrip.conftest import OpenBusiness

ALL = platforms()


def needs(platform: str, what: str) -> None:
    """For platforms only that can tell that."""
    if not getattr(adapter_of(platform).capabilities, what):
        pytest.skip(f"{platform} has no {what}")


def end_of(platform: str) -> str:
    """How far a platform tells that a message came."""
    return "read" if adapter_of(platform).capabilities.receipts else "sent"


@pytest.mark.parametrize("platform", ALL)
async def test_a_message_is_answered_and_read(opens: OpenBusiness, platform: str) -> None:
    async with opens(platform) as shop:
        await shop.says("Hello, größer 👋")
        assert await shop.shown(1) == ["Read: Hello, größer 👋"]
        await shop.statuses(end_of(platform))
        assert shop.platform.book.problems == {}
        assert (await shop.intake(), await shop.letters()) == ([], [])


@pytest.mark.parametrize("platform", ALL)
async def test_thoughts_in_a_row_are_answered_in_order(opens: OpenBusiness, platform: str) -> None:
    thoughts = [f"thought {number}" for number in range(1, 6)]
    async with opens(platform, quiet_seconds=0.2) as shop:
        for thought in thoughts:
            await shop.says(thought)
        await shop.settled()
        shown = shop.platform.book.texts(shop.customer().id)
        said = [word for text in shown for word in text.removeprefix("Read: ").split(" | ")]
        assert said == thoughts
        assert shop.platform.book.doubled() == []


@pytest.mark.parametrize("platform", ALL)
async def test_the_same_webhook_twice_is_answered_once(opens: OpenBusiness, platform: str) -> None:
    async with opens(platform, Plan({"webhook-twice": 1.0})) as shop:
        await shop.says("Hello")
        await shop.says("Still there?")
        deliveries = await shop.settled()
        shown = shop.platform.book.texts(shop.customer().id)
        assert [each.text for each in deliveries] == shown
        read = " | ".join(each.text.removeprefix("Read: ") for each in deliveries)
        assert read == "Hello | Still there?"


@pytest.mark.parametrize("platform", ALL)
async def test_two_customers_do_not_get_each_other_s_answers(
    opens: OpenBusiness, platform: str
) -> None:
    async with opens(platform) as shop:
        ann, ben = shop.customer(1), shop.customer(2)
        await asyncio.gather(shop.says("I am Ann", ann), shop.says("I am Ben", ben))
        assert await shop.shown(1, ann) == ["Read: I am Ann"]
        assert await shop.shown(1, ben) == ["Read: I am Ben"]


@pytest.mark.parametrize("platform", ALL)
async def test_a_place_and_a_picture_are_answered_too(opens: OpenBusiness, platform: str) -> None:
    async with opens(platform) as shop:
        await shop.says(Location(latitude=13.75, longitude=100.5, name="Shop"))
        await shop.shown(1)
        await shop.says(File(kind="image"))
        await shop.shown(2)
        kinds = await shop.sql(
            "SELECT kind FROM messages WHERE workspace_id = $1 AND direction = 'inbound' ORDER BY seq"
        )
        assert [row[0] for row in kinds] == ["location", "image"]

        async def downloaded() -> bool:
            found = await shop.sql("SELECT state FROM media WHERE workspace_id = $1")
            return [row[0] for row in found] == ["ready"]

        await eventually(downloaded)


async def test_line_s_reply_token_is_used_first_then_push(opens: OpenBusiness) -> None:
    async with opens("line") as shop:
        await shop.says("Hello")
        await shop.shown(1)
        await shop.person_says("I am a person, and late")
        await shop.shown(2)
        reply, push = shop.platform.book.shown
        assert reply.key == ""  # the reply endpoint takes no retry key
        assert push.key != ""
        await shop.statuses("sent", "sent")


@pytest.mark.parametrize("platform", ALL)
async def test_an_echo_before_the_answer_is_no_person(opens: OpenBusiness, platform: str) -> None:
    needs(platform, "echoes")
    async with opens(platform, Plan({"echo-early": 1.0})) as shop:
        await shop.says("Hello")
        await shop.shown(1)
        await shop.settled()
        assert (await shop.conversation())["state"] == "bot"
        await shop.says("And now?")
        assert (await shop.shown(2))[1] == "Read: And now?"
        assert [each.text for each in await shop.settled()] == ["Read: Hello", "Read: And now?"]


@pytest.mark.parametrize("platform", ALL)
async def test_a_person_s_echo_takes_the_conversation_over(
    opens: OpenBusiness, platform: str
) -> None:
    needs(platform, "echoes")
    async with opens(platform) as shop:
        await shop.says("Hello")
        await shop.shown(1)
        await shop.settled()
        assert await shop.platform.person_writes(shop.customer(), "I'll take over")

        async def taken_over() -> bool:
            return bool((await shop.conversation())["state"] == "agent")

        await eventually(taken_over)
        await shop.says("Who are you?")
        await shop.settled()
        assert shop.platform.book.texts(shop.customer().id) == ["Read: Hello"]
