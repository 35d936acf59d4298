"""The chat page speaks the visitor's language, of five."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import Browser, expect

from rejoinder.db import new_id
from rejoinder.widget.language import LANGUAGES, chosen, words
from tests.widget.shop import Shop

STATIC = files("rejoinder.widget").joinpath("static")
FILLED_IN = {"language", "version", "bot_name", "answered_by", "script", "examples"}
BY = {"by_model", "by_local"}  # they become answered_by


def _holes(text: str) -> set[tuple[str, ...]]:
    return set(re.findall(r"\{(\w+)\}|\[(\w+)\]", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language(language: str) -> None:
    english, found = words("en"), words(language)
    assert len(found.examples) == len(english.examples)
    for ours, theirs in ((english.page, found.page), (english.script, found.script)):
        assert ours.keys() == theirs.keys()
        assert all(theirs.values())
        assert [name for name in ours if _holes(ours[name]) != _holes(theirs[name])] == []


def test_the_page_says_all_of_it_and_nothing_else() -> None:
    page = Template(STATIC.joinpath("page.html").read_text(encoding="utf-8"))
    assert set(page.get_identifiers()) - FILLED_IN == words("en").page.keys() - BY
    scripts = [file for file in STATIC.iterdir() if file.name.endswith(".js")]
    told = "".join(file.read_text(encoding="utf-8") for file in scripts)
    assert set(re.findall(r'\btold\("(\w+)"', told)) == words("en").script.keys()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("th-TH,th;q=0.9,en;q=0.8", "th"),
        ("de-AT, de;q=0.9, vi;q=0.5, *;q=0.1", "vi"),
        ("en;q=0.4, PT-br;q=0.7", "pt"),
        ("es;q=0, en", "en"),
        ("es;q=0", "en"),
        ("es;q=2, th ; q=0.3", "th"),
        ("fr, ja", "en"),
        ("*", "en"),
    ],
)
def test_what_a_browser_likes_best_is_spoken(accepted: str, language: str) -> None:
    assert chosen(accepted) == language


@given(st.text())
def test_whatever_it_asks_for_there_is_a_language(accepted: str) -> None:
    assert chosen(accepted) in LANGUAGES


async def test_caches_keep_the_languages_apart(client: aiohttp.ClientSession) -> None:
    tags = set()
    for language in LANGUAGES:
        async with client.get("/", headers={"Accept-Language": language}) as response:
            assert response.headers["Vary"] == "Accept-Language"
            assert f'<html lang="{language}">' in await response.text()
            tags.add(response.headers["ETag"])
    assert len(tags) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("locale", "said", "handed_over"),
    [
        ("th-TH", "ข้อความของคุณ", "ส่งต่อบทสนทนานี้ให้เจ้าหน้าที่แล้ว"),
        ("pt-BR", "Sua mensagem", "foi passada a uma pessoa"),
    ],
)
async def test_a_visitor_reads_their_own_language(
    browser: Browser, url: str, shop: Shop, locale: str, said: str, handed_over: str
) -> None:
    context = await browser.new_context(base_url=url, locale=locale)
    page = await context.new_page()
    await page.goto("/")
    spoken = words(locale[:2])
    await expect(page.locator(".example")).to_have_text(spoken.examples)
    person = {"message_id": str(new_id()), "text": "Hi, this is Nok.", "sender_type": "agent"}
    shop.answer = lambda _: [
        ("conversation.handed_off", {"reason": "asked"}),
        ("message.sent", person),
    ]
    field = page.get_by_label(said)
    await field.fill("hello")
    await field.press("Enter")
    await expect(page.locator(".notice")).to_contain_text(handed_over)
    await expect(page.locator(".own .foot")).to_contain_text(spoken.script["sent"])
    await expect(page.locator(".bot .foot")).to_contain_text(spoken.script["person"])
    await expect(page.get_by_role("button", name=spoken.page["start_over"])).to_be_visible()
    await context.close()
