"""The chat page shows an answer while it is written, in one bubble that becomes the answer."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from rejoinder.db import new_id
from tests.widget.shop import Shop, Steps
from tests.widget.test_page import replies, say

MUTATIONS = """() => {
  window.told = [];
  new MutationObserver((records) => records.forEach((r) =>
    r.addedNodes.forEach((node) => window.told.push(node.textContent))))
    .observe(document.getElementById("log"), { childList: true, subtree: true, characterData: true });
}"""


def preview(page: Page) -> Locator:
    return page.locator("#preview .bubble")


async def begun(page: Page, shop: Shop) -> tuple[str, str]:
    """A turn that runs: the visitor and the turn."""
    turn = str(new_id())
    shop.answer = lambda _: [("turn.started", {"turn_id": turn})]
    await say(page, "hello")
    await expect(page.locator("#typing")).to_be_visible()
    (visitor,) = shop.conversations
    return visitor, turn


def sent(turn: str, text: str) -> Steps:
    said = {"message_id": str(new_id()), "text": text, "kind": "text", "turn_id": turn}
    return [("message.sent", said), ("turn.committed", {"turn_id": turn})]


async def test_it_grows_and_becomes_the_one_answer(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    await shop.show(visitor, turn, "We open at nine.")
    await expect(preview(page)).to_have_text("We open at nine.")
    await expect(preview(page)).to_be_in_viewport()
    await shop.show(visitor, turn, "We open at nine. We close at six.")
    await expect(preview(page)).to_have_text("We open at nine. We close at six.")
    await expect(page.locator("#typing")).to_be_visible()
    await expect(replies(page)).to_have_count(0)
    await shop.add(visitor, sent(turn, "We open at nine. We close at six. Come in!"))
    await expect(replies(page)).to_have_text(["We open at nine. We close at six. Come in!"])
    await expect(preview(page)).to_be_hidden()
    await expect(page.locator("#typing")).to_be_hidden()


async def test_a_screen_reader_hears_the_message_alone(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    await page.evaluate(MUTATIONS)
    for text in ("One.", "One. Two.", "One. Two. Three."):
        await shop.show(visitor, turn, text)
        await expect(preview(page)).to_have_text(text)
    assert await page.evaluate("window.told") == []
    assert "Two" not in await page.locator("body").aria_snapshot()
    await shop.add(visitor, sent(turn, "One. Two. Three. Four."))
    await expect(replies(page)).to_have_count(1)
    told = await page.evaluate("window.told")
    assert len([each for each in told if "Four" in each]) == 1


async def test_a_newer_message_takes_it_away(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    await shop.show(visitor, turn, "We open at nine.")
    await expect(preview(page)).to_be_visible()
    newer = str(new_id())
    shop.answer = lambda _: [("turn.superseded", {"turn_id": turn, "by": newer})]
    await say(page, "on Sunday, I mean")
    await expect(preview(page)).to_be_hidden()
    await shop.show(visitor, turn, "What came too late.")
    await shop.add(visitor, [("turn.started", {"turn_id": newer})])
    await shop.show(visitor, newer, "On Sunday at ten.")
    await expect(preview(page)).to_have_text("On Sunday at ten.")
    await shop.add(visitor, sent(newer, "On Sunday at ten. See you!"))
    await expect(replies(page)).to_have_text(["On Sunday at ten. See you!"])
    await expect(preview(page)).to_be_hidden()


async def test_own_messages_stand_before_what_is_written(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    await shop.show(visitor, turn, "We open at nine.")
    await expect(preview(page)).to_be_visible()
    shop.answer = lambda _: []
    await say(page, "thanks")
    await expect(page.locator(".own .bubble")).to_have_count(2)
    below = await preview(page).bounding_box()
    above = await page.locator(".own .bubble").last.bounding_box()
    assert below
    assert above
    assert above["y"] < below["y"]


async def test_whatever_ends_the_turn_takes_it_away(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    for end in ("turn.failed", "turn.cancelled", "turn.retried", "conversation.handed_off"):
        await shop.show(visitor, turn, "Almost.")
        await expect(preview(page)).to_be_visible()
        await shop.add(visitor, [(end, {"turn_id": turn})])
        await expect(preview(page)).to_be_hidden()
        turn = str(new_id())
        await shop.add(visitor, [("turn.started", {"turn_id": turn})])


async def test_markup_is_shown_as_text(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    markup = "<img src=x onerror=\"document.title='x'\"> <b>bold</b> &amp; ขอบคุณค่ะ 😀"
    await shop.show(visitor, turn, markup)
    await expect(preview(page)).to_have_text(markup)
    assert await page.locator("#preview img, #preview b").count() == 0


async def test_a_long_one_stays_in_sight_unless_the_visitor_reads_back(
    page: Page, shop: Shop
) -> None:
    visitor, turn = await begun(page, shop)
    scroller = page.locator("#scroller")
    at_end = "(s) => s.scrollHeight - s.scrollTop - s.clientHeight < 80"
    await shop.show(visitor, turn, "A line.\n" * 60)
    await expect(preview(page)).to_contain_text("A line.")
    assert await scroller.evaluate(at_end)
    await scroller.evaluate(
        "async (s) => { s.scrollTop = 0; await new Promise(requestAnimationFrame); }"
    )
    await shop.show(visitor, turn, "A line.\n" * 60 + "One more.")
    await expect(preview(page)).to_contain_text("One more.")
    assert not await scroller.evaluate(at_end)


async def test_starting_over_forgets_it(page: Page, shop: Shop) -> None:
    visitor, turn = await begun(page, shop)
    await shop.show(visitor, turn, "We open at nine.")
    await expect(preview(page)).to_be_visible()
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("dialog").get_by_role("button", name="Start over").click()
    await expect(preview(page)).to_be_hidden()
