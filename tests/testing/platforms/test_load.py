"""A load is all said, in each customer's order; a report tells what came of it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.port.event import Said
from rejoinder.testing.platforms.load import Due, Load, answered, run, schedule, thought
from rejoinder.testing.platforms.report import Compared, Reply, compare, report
from rejoinder.testing.platforms.server import PlayedPlatform
from tests.testing.platforms.conftest import Taker
from tests.testing.platforms.sending import business


@given(
    st.integers(1, 12), st.integers(1, 8), st.floats(1, 500, allow_nan=False), st.integers(0, 99)
)
def test_a_schedule_holds_every_message_once(
    customers: int, messages: int, rate: float, seed: int
) -> None:
    due = schedule(Load(customers, messages, rate, seed))
    by_customer = defaultdict[int, list[Due]](list)
    for each in due:
        by_customer[each.customer].append(each)
    assert set(by_customer) == set(range(1, customers + 1))
    for dues in by_customer.values():
        assert [one.number for one in dues] == list(range(1, messages + 1))
    assert [one.at for one in due] == sorted(one.at for one in due)
    assert due[-1].at == pytest.approx((customers * messages - 1) / rate)
    assert due == schedule(Load(customers, messages, rate, seed))


def test_no_two_messages_say_the_same() -> None:
    load = Load(20, 20)
    assert len({thought(due, load) for due in schedule(load)}) == 400


async def test_a_load_is_all_said(platform: PlayedPlatform, taker: Taker) -> None:
    load = Load(customers=10, messages=4, rate=400)
    await run(platform, load)
    said = defaultdict[str, list[str]](list)
    for each in taker.events:
        assert isinstance(each, Said)
        said[each.thread].append(each.text)
    for number in range(1, 11):
        who = platform.played.customers(number).id
        due = [each for each in schedule(load) if each.customer == number]
        assert said[who] == [thought(each, load) for each in due]
        assert platform.threads[who] == who


async def test_a_report_of_a_run_without_fault(platform: PlayedPlatform, taker: Taker) -> None:
    await run(platform, Load(customers=3, messages=2, rate=400))
    async with business(platform) as shop:
        for number in range(1, 4):
            await shop.send(platform.played.customers(number).id, f"Yes {number}")
        await answered(platform, 5)
    found = report(platform, Compared())
    assert (found.customers, found.said, found.shown) == (3, 6, 3)
    assert (found.unacknowledged, found.doubled, found.unanswered) == (0, 0, 0)
    assert found.receipts == {"sent": 3, "delivered": 3, "read": 3}
    assert found.acknowledged_p99 >= found.acknowledged_p50 > 0
    assert found.sound
    assert any("never acknowledged" in line for line in found.lines())


async def test_a_report_of_a_doubled_message(platform: PlayedPlatform, taker: Taker) -> None:
    async with business(platform) as shop:
        await shop.send("pebble-1", "Yes")
        await shop.send("pebble-1", "Yes")
    found = report(platform, Compared())
    assert found.doubled == 1
    assert not found.sound


async def test_a_report_of_what_a_strict_reader_finds(
    platform: PlayedPlatform, taker: Taker
) -> None:
    async with business(platform) as shop:
        await shop.send("pebble-1", "x" * 501)
    found = report(platform, Compared())
    assert found.problems == {"the text is too long": 1}
    assert not found.sound


SENT = [Reply("one", "read"), Reply("two", "sent")]
COMPARED = {
    "all shown in order": ((SENT, ["one", "two"]), Compared(doubled=0)),
    "shown with options": ((SENT, ["one\n1. Yes", "two"]), Compared(doubled=0)),
    "one never shown": ((SENT, ["one"]), Compared(lost=1, doubled=0)),
    "the other way round": ((SENT, ["two", "one"]), Compared(disordered=1, doubled=0)),
    "the same words twice": (([Reply("one", "read")] * 2, ["one", "one"]), Compared(doubled=0)),
    "given up": (
        ([Reply("one", "unknown"), Reply("two", "failed")], []),
        Compared(given_up=2, doubled=0),
    ),
    "given up and shown": (([Reply("one", "unknown")], ["one"]), Compared(given_up=1, doubled=0)),
    "given up and said again": (
        ([Reply("one", "unknown"), Reply("one", "sent")], ["one"]),
        Compared(given_up=1, doubled=0),
    ),
    "given up, shown, and said again": (
        ([Reply("one", "unknown"), Reply("one", "sent")], ["one", "one"]),
        Compared(given_up=1, doubled=0),
    ),
    "not over": (([Reply("one", "sending")], ["one"]), Compared(open=1, doubled=0)),
    "no reply at all": (([], []), Compared(silent=1, doubled=0)),
    "shown twice": ((SENT, ["one", "two", "two"]), Compared(doubled=1)),
    "one more that is no reply": ((SENT, ["one", "two", "[image]"]), Compared(doubled=0)),
}


@pytest.mark.parametrize(("chat", "found"), COMPARED.values(), ids=COMPARED.keys())
def test_what_is_stored_beside_what_is_shown(
    chat: tuple[list[Reply], list[str]], found: Compared
) -> None:
    assert compare({"customer": chat}) == found
