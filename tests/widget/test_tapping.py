"""Replies to tap, buttons and cards on the chat page."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from rejoinder.channels.text.shown import surface
from rejoinder.db import new_id
from tests.widget.shop import Shop, Steps
from tests.widget.test_page import _WORST_CONTRAST, own, replies, say

OFFER = {
    "kind": "quick_replies",
    "text": "Which colour?",
    "options": [{"title": "Red", "payload": "colour=red"}, {"title": "Blue"}],
}
CARDS = {
    "kind": "carousel",
    "cards": [
        {
            "title": "Mug",
            "text": "320 THB",
            "image_url": "https://shop.example/mug.png",
            "buttons": [
                {"title": "Take it", "payload": "mug"},
                {"title": "Look", "url": "https://shop.example/mug"},
            ],
        },
        *({"title": f"Cup {number}", "text": "180 THB"} for number in range(5)),
    ],
}


def sent(*content: dict[str, Any], text: str = "in words") -> Steps:
    """A reply with that content."""
    said = {
        "message_id": str(new_id()),
        "text": text,
        "kind": "text",
        "turn_id": str(new_id()),
        "content": content,
    }
    return [("message.sent", said)]  # type: ignore[list-item]


async def shown(page: Page, shop: Shop, *content: dict[str, Any]) -> str:
    """The visitor says hello and is answered with that content; the visitor's name."""
    shop.answer = lambda text: sent(*content) if text == "hello" else []
    await say(page, "hello")
    await expect(page.locator(".own .foot").last).to_contain_text("Sent")
    (visitor,) = shop.conversations
    return visitor


async def payloads(page: Page, shop: Shop) -> list[str | None]:
    """What came with each message, once the newest has arrived."""
    await expect(page.locator(".own .foot").last).to_contain_text("Sent")
    return shop.payloads


def button(page: Page, name: str) -> Locator:
    return page.locator("#log").get_by_role("button", name=name, exact=True)


async def test_a_reply_is_tapped_and_the_offer_goes(page: Page, shop: Shop) -> None:
    await shown(page, shop, OFFER)
    await expect(replies(page)).to_have_text(["Which colour?"])
    await expect(page.get_by_role("group", name="Suggested replies")).to_be_visible()
    await button(page, "Red").click()
    await expect(own(page)).to_have_text(["hello", "Red"])
    await expect(button(page, "Blue")).to_have_count(0)
    await expect(page.get_by_label("Your message")).to_be_focused()
    assert await payloads(page, shop) == [None, "colour=red"]


async def test_the_keyboard_alone_will_do(page: Page, shop: Shop) -> None:
    await shown(page, shop, OFFER)
    await button(page, "Red").focus()
    await page.keyboard.press("Tab")
    await expect(button(page, "Blue")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(own(page)).to_have_text(["hello", "Blue"])
    assert await payloads(page, shop) == [None, None]


async def test_an_offer_is_the_newest_message_s(page: Page, shop: Shop) -> None:
    visitor = await shown(page, shop, OFFER)
    await button(page, "Blue").focus()
    await shop.add(visitor, sent({**OFFER, "options": [{"title": "Green"}]}))
    await expect(button(page, "Green")).to_be_visible()
    await expect(button(page, "Red")).to_have_count(0)
    await expect(page.get_by_label("Your message")).to_be_focused()
    await page.reload()
    await expect(button(page, "Green")).to_be_visible()
    await expect(button(page, "Red")).to_have_count(0)


async def test_cards_stay(page: Page, shop: Shop) -> None:
    visitor = await shown(page, shop, CARDS)
    cards = page.get_by_role("list", name="Cards")
    await expect(cards.get_by_role("listitem")).to_have_count(6)
    await expect(replies(page)).to_have_count(0)
    for name, address in (("Look", "mug"), ("Picture", "mug.png")):
        link = cards.get_by_role("link", name=name)
        await expect(link).to_have_attribute("href", f"https://shop.example/{address}")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await button(page, "Take it").click()
    await expect(own(page)).to_have_text(["hello", "Take it"])
    assert await payloads(page, shop) == [None, "mug"]
    await shop.add(visitor, sent(OFFER))
    await expect(button(page, "Take it")).to_be_visible()


async def test_buttons_of_a_person_stand_under_their_text(page: Page, shop: Shop) -> None:
    part = {"kind": "buttons", "text": "Again?", "buttons": [{"title": "Yes"}], "footer": "Anna"}
    await shown(page, shop, part)
    await expect(replies(page)).to_have_text(["Again?\nAnna"])
    await button(page, "Yes").click()
    await expect(own(page)).to_have_text(["hello", "Yes"])


async def test_nothing_in_it_is_markup_or_runs(page: Page, shop: Shop) -> None:
    markup = "<img src=x onerror=\"document.title='x'\">"
    script = "javascript:document.title='x'"
    card = {"title": markup, "text": markup, "image_url": script}
    pressed = [{"title": "Run", "url": script}, {"title": markup}]
    visitor = await shown(page, shop, {"kind": "carousel", "cards": [{**card, "buttons": pressed}]})
    await shop.add(
        visitor, sent({"kind": "quick_replies", "text": markup, "options": [{"title": markup}]})
    )
    await expect(page.locator(".card-title")).to_have_text([markup])
    await expect(button(page, markup)).to_have_count(2)
    await expect(replies(page)).to_have_text([markup])
    assert await page.locator("#log img, #log script, #log a").count() == 0
    assert await page.title() == "Mali from Baan Tea"


def test_models_are_told_of_what_it_shows() -> None:
    script = files("rejoinder.widget").joinpath("static/parts.js").read_text(encoding="utf-8")
    table = script.partition("const SHOWN = {")[2].partition("\n};")[0]
    told = surface("widget").kinds or frozenset()
    assert {*re.findall(r"^  (\w+):", table, re.MULTILINE), "text"} == set(told)


@pytest.mark.parametrize(
    "content",
    [
        [{"kind": "list", "text": "Choose", "button": "Open", "sections": []}],
        [{"kind": "quick_replies", "text": "Choose", "options": None}],
        [{"kind": "carousel", "cards": [{"title": 5}, None]}],
        [{"kind": "constructor"}],
        [OFFER, OFFER],
        [None],
    ],
)
async def test_what_can_t_be_shown_is_told_in_words(
    page: Page, shop: Shop, content: list[Any]
) -> None:
    await shown(page, shop, *content)
    await expect(replies(page)).to_have_text(["in words"])


async def test_it_fits_a_small_window_and_stands_out(
    browser: Browser, url: str, shop: Shop
) -> None:
    for scheme in ("light", "dark"):
        context = await browser.new_context(
            base_url=url,
            color_scheme=scheme,
            viewport={"width": 320, "height": 600},
        )
        page = await context.new_page()
        await page.goto("/")
        shop.conversations.clear()
        visitor = await shown(page, shop, CARDS)
        await shop.add(visitor, sent(OFFER))
        await expect(button(page, "Red")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.locator("#scroller").evaluate("(s) => s.scrollWidth <= s.clientWidth")
        assert await page.evaluate(_WORST_CONTRAST) >= 4.5
        await context.close()
