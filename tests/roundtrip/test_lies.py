"""A platform that throttles, fails, hangs and lies: each delivery ends somewhere, once, in order."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from rejoinder.channels.registry import platforms
from rejoinder.testing.platforms import load as loads
from rejoinder.testing.platforms.faults import Plan
from rejoinder.testing.platforms.find import adapter_of
from tests.roundtrip.business import FINAL, Business
from tests.roundtrip.conftest import OpenBusiness

ALL = platforms()


def needs(platform: str, what: str) -> None:
    """For platforms only that can tell that."""
    if not getattr(adapter_of(platform).capabilities, what):
        pytest.skip(f"{platform} has no {what}")


CONVERSATIONS = int(os.environ.get("REJOINDER_TEST_CONVERSATIONS", "200"))

LYING = {
    "throttle": 0.01,
    "throttle-recipient": 0.03,
    "fail": 0.03,
    "hang": 0.02,
    "hang-after-accept": 0.03,
    "close": 0.02,
    "close-after-accept": 0.03,
    "bad-credential": 0.002,
    "receipt-early": 0.2,
    "receipt-late": 0.1,
    "receipt-twice": 0.2,
    "receipt-reversed": 0.2,
    "receipt-failed": 0.02,
    "receipt-lost": 0.05,
    "echo": 0.1,
    "echo-early": 0.1,
    "webhook-twice": 0.1,
}


@pytest.mark.parametrize("fault", ["receipt-early", "receipt-twice", "receipt-reversed"])
@pytest.mark.parametrize("platform", ALL)
async def test_receipts_that_come_as_they_like(
    opens: OpenBusiness, platform: str, fault: str
) -> None:
    needs(platform, "receipts")
    async with opens(platform, Plan({fault: 1.0})) as shop:
        await shop.says("Hello")
        await shop.shown(1)
        await shop.statuses("read")
        assert (await shop.letters(), await shop.intake()) == ([], [])


@pytest.mark.parametrize("platform", ALL)
async def test_a_receipt_that_it_failed_is_told_to_a_person(
    opens: OpenBusiness, platform: str
) -> None:
    needs(platform, "receipts")
    async with opens(platform, Plan({"receipt-failed": 1.0})) as shop:
        await shop.says("Hello")
        await shop.statuses("failed")
        (delivery,) = await shop.deliveries()
        assert delivery.error
        assert await shop.letters() == [delivery.delivery_id]


@pytest.mark.parametrize("platform", ALL)
async def test_a_request_that_hangs_is_never_shown_twice(
    opens: OpenBusiness, platform: str
) -> None:
    plan = Plan({"hang-after-accept": 1.0, "receipt-lost": 1.0}, hang_seconds=0.1)
    async with opens(platform, plan) as shop:
        await shop.says("Hello")
        await shop.shown(1)
        await shop.settled()
        assert shop.platform.book.texts(shop.customer().id) == ["Read: Hello"]
        (delivery,) = await shop.deliveries()
        assert delivery.status == "unknown"
        assert await shop.letters() == [delivery.delivery_id]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("platform", ALL)
async def test_a_lying_platform_under_load(opens: OpenBusiness, platform: str) -> None:
    plan = Plan(LYING, seed=5, hang_seconds=0.1, late_seconds=0.5)
    load = loads.Load(customers=CONVERSATIONS, messages=2, rate=100)
    async with opens(platform, plan, quiet_seconds=0.05) as shop, shop.time_flies():
        await loads.run(shop.platform, load)
        await shop.settled(240)
        await shop.settled()  # receipts that came late may have been left in the intake
        await check(shop)
        assert shop.platform.faults.happened.total() > CONVERSATIONS / 10


async def check(shop: Business) -> None:
    """Nothing doubled, nothing out of order, nothing left in between; a person knows of what nobody knows."""
    book, deliveries = shop.platform.book, await shop.deliveries()
    assert book.problems == {}
    assert book.doubled() == []
    assert {each.status for each in deliveries} <= FINAL
    in_order = defaultdict[str, list[str]](list)
    for each in deliveries:
        in_order[each.thread].append(each.text)
    for who, thread in shop.platform.threads.items():
        places = [in_order[thread].index(text) for text in book.texts(who)]
        assert places == sorted(places), book.texts(who)
        assert len(set(places)) == len(places), book.texts(who)
    shown = {text for who in book.lines for text in book.texts(who)}
    assert [
        each for each in deliveries if each.status in ("sent", "read") and each.text not in shown
    ] == []
    letters = set(await shop.letters())
    lost = {each.delivery_id for each in deliveries if each.status in ("unknown", "failed")}
    assert lost <= letters
    assert (
        await shop.sql(
            "SELECT count(DISTINCT thread_key) FROM conversations WHERE workspace_id = $1"
        )
    )[0][0] == CONVERSATIONS
    assert await shop.intake() == []
