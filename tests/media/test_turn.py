"""A customer sends a picture or a voice note, and the answer takes it into account."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.llm.formats.gemini import GeminiModel
from rejoinder.media.model import Claimed, Located, Transcript
from rejoinder.media.taking.download import Means
from rejoinder.net.http import session
from rejoinder.settings import Settings
from rejoinder.testing import GeminiStub
from rejoinder.usage.model import Call
from rejoinder.worker import Equipment, Work
from tests.media.conftest import OGG, PNG, Vendor, Where, comes, forever
from tests.scenarios.conftest import quiet_house
from tests.scenarios.shop import Shop, nowhere

__all__ = ["quiet_house"]

pytestmark = pytest.mark.usefixtures("quiet_house")


@pytest.fixture
async def stub() -> AsyncIterator[GeminiStub]:
    async with GeminiStub() as stub:
        yield stub


@asynccontextmanager
async def working(
    shop: Shop, means: Means, stub: GeminiStub, name: str = "gemini-x", wait: float = 8.0
) -> AsyncIterator[Work]:
    """A worker that fetches files and answers with the stub's model."""
    async with session() as http:
        model = GeminiModel(name, api_key="k", base_url=stub.base_url, session=http)
        settings = Settings.model_construct(
            drain_seconds=0.0,
            media_wait_seconds=wait,
            transcription_model="named" if means.transcribe else None,
        )
        models, equipment = Chains.only(Chain([model])), Equipment(fetching=means)
        work = Work(shop.db, models, settings, nowhere, equipment=equipment)
        async with work.running():
            yield work


def parts(stub: GeminiStub) -> list[dict[str, Any]]:
    """The last content's parts of the last request."""
    found: list[dict[str, Any]] = stub.requests[-1].body["contents"][-1]["parts"]
    return found


async def test_a_picture_reaches_the_model(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    where.found = Located(vendor.gives("/cat", PNG))
    async with working(shop, means, stub):
        came = await comes(shop, text="[image] Do you have this one?")
        assert (await shop.outcome(came.message)).status == "answered"
    text, picture = parts(stub)
    assert "Do you have this one?" in text["text"]
    assert picture == {"inlineData": {"mimeType": "image/png", "data": b64encode(PNG).decode()}}
    (logged,) = await shop.sql("SELECT prompt FROM ai_response_logs WHERE workspace_id = $1")
    assert f"[image/png, {len(PNG)} bytes]" in logged["prompt"]


async def test_a_model_that_sees_nothing_is_told_in_words_at_once(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    vendor.routes["/cat"] = forever
    where.found = Located(f"{vendor.url}/cat")
    async with working(shop, means, stub, "blind", wait=60):
        came = await comes(shop)
        assert (await shop.outcome(came.message)).status == "answered"
    assert [part["text"].count("[image]") for part in parts(stub)] == [1]


async def test_a_file_that_does_not_come_holds_the_answer_up_for_a_while_only(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    vendor.routes["/cat"] = forever
    where.found = Located(f"{vendor.url}/cat")
    async with working(shop, means, stub, wait=0.3):
        came = await comes(shop)
        assert (await shop.outcome(came.message)).status == "answered"
    assert ["inlineData" in part for part in parts(stub)] == [False]


async def test_a_picture_that_is_refused_is_told_in_words(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    where.found = Located(vendor.gives("/cat", b"<html>"))
    async with working(shop, means, stub, wait=60):
        came = await comes(shop)
        assert (await shop.outcome(came.message)).status == "answered"
    assert [part["text"].count("[image]") for part in parts(stub)] == [1]


async def test_a_newer_message_does_not_wait_for_the_older_ones_file(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    asked = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        asked.set()
        return await forever(request)

    vendor.routes["/cat"] = never
    where.found = Located(f"{vendor.url}/cat")
    async with working(shop, means, stub, wait=1.0):
        came = await comes(shop)
        async with asyncio.timeout(10):
            await asked.wait()
        second = await shop.says("never mind")
        assert (await shop.outcome(second)).status == "answered"
        assert (await shop.outcome(came.message)).status in ("answered", "merged")
    assert len(await shop.replies(second)) == 1
    assert "never mind" in parts(stub)[-1]["text"]


async def hears(_: Claimed, data: bytes, mime_type: str) -> Transcript:
    """What writes recordings down."""
    call = Call("openai", "whisper-1", "[audio]", "Is it open?", 0, 3, True, 0.1, "ok", "")
    return Transcript("Is it open?", call)


async def test_a_voice_note_is_read_as_what_it_says(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    where.found = Located(vendor.gives("/note", OGG))
    async with working(shop, replace(means, transcribe=hears), stub):
        first = await comes(shop, kind="audio", text="[voice message]")
        assert (await shop.outcome(first.message)).status == "answered"
        assert ["inlineData" in part for part in parts(stub)] == [False], "it is told in words"
        assert "[voice message] Is it open?" in parts(stub)[0]["text"]
        await shop.outcome(await shop.says("Hello?"))
    earlier = str(stub.requests[-1].body["contents"][:-1])
    assert "[voice message] Is it open?" in earlier, "and stays so in what came before"


async def test_without_transcription_a_model_that_hears_gets_the_sound(
    shop: Shop, means: Means, stub: GeminiStub, vendor: Vendor, where: Where
) -> None:
    where.found = Located(vendor.gives("/note", OGG))
    async with working(shop, means, stub):
        came = await comes(shop, kind="audio", text="[voice message]")
        assert (await shop.outcome(came.message)).status == "answered"
    assert parts(stub)[-1]["inlineData"]["mimeType"] == "audio/ogg"
