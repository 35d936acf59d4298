"""The page served for a test, and a real browser to see it with."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import Browser, Page, async_playwright

from rejoinder.db import Database
from tests.widget.shop import Shop, deps, serving, visiting


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium: REJOINDER_CHROMIUM, or the first found on PATH."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("REJOINDER_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    if found is None:
        pytest.skip(
            f"no browser: none of {', '.join(names)} is on PATH and REJOINDER_CHROMIUM is not set"
        )
    return found


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for all tests; each test has a profile of its own."""
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        await browser.close()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def url(db: Database, shop: Shop) -> AsyncIterator[str]:
    """The page in front of `shop`."""
    async with serving(deps(db, shop)) as url:
        yield url


@pytest.fixture
async def client(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A visitor's HTTP client."""
    async with visiting(url) as session:
        yield session


@pytest.fixture
async def page(browser: Browser, url: str) -> AsyncIterator[Page]:
    """A visitor's browser with the page open; a script error or refused resource fails the test."""
    context = await browser.new_context(
        base_url=url, locale="en-GB", viewport={"width": 900, "height": 700}
    )
    context.set_default_timeout(20_000)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None
    )
    await page.goto("/")
    yield page
    await context.close()
    assert wrong == []
