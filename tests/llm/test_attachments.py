"""Pictures and recordings reach the models that take them, in each format's own way; others are told in words."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from pydantic_core import to_json

from rejoinder.errors import ModelError, ModelRefused
from rejoinder.llm.calling.chain import Chain, takes
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.calling.transcribe import transcribe
from rejoinder.llm.choose import Account, Accounts, choose
from rejoinder.llm.form.messages import read_asked, to_messages
from rejoinder.llm.formats.gemini import GeminiModel
from rejoinder.llm.formats.openai import OpenAIModel, TranscriptionModel
from rejoinder.llm.local.model import LocalModel
from rejoinder.llm.model import Attachment, Prompt
from rejoinder.llm.others import anthropic
from rejoinder.testing import AnthropicStub, GeminiStub, OpenAIStub
from rejoinder.testing.model_stub import Canned
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT

PICTURE = b"\x89PNG the picture"
SOUND = b"ID3 the sound"
SHOWN = replace(
    PROMPT,
    attachments=(
        Attachment("image", "image/png", PICTURE, 0),
        Attachment("audio", "audio/mpeg", SOUND, 1),
        Attachment("image", "image/tiff", b"nobody takes this", 1),
    ),
)
IN_BASE64 = b64encode(PICTURE).decode()
TEXT = "text"


async def last(stub: Any, model: Any, prompt: Prompt = SHOWN) -> Any:
    """What the model was asked last, as it went over the wire."""
    calls: list[Call] = []
    await generate(Chain([model]), prompt, timeout=30, record=calls.append)
    assert calls[-1].outcome == "ok"
    body = stub.requests[-1].body
    return body["contents"][-1]["parts"] if "contents" in body else body["messages"][-1]["content"]


async def test_gemini_sees_and_hears(http: aiohttp.ClientSession) -> None:
    async with GeminiStub() as stub:
        model = GeminiModel("gemini-x", api_key=KEY, base_url=stub.base_url, session=http)
        parts = await last(stub, model)
    files = [part["inlineData"] for part in parts if "inlineData" in part]
    assert files == [
        {"mimeType": "image/png", "data": IN_BASE64},
        {"mimeType": "audio/mp3", "data": b64encode(SOUND).decode()},
    ]
    kinds = ["inlineData" if "inlineData" in part else TEXT for part in parts]
    assert kinds == [TEXT, "inlineData", TEXT, "inlineData"], "each follows its own message"
    assert parts[0][TEXT].endswith('</unanswered>\n<attachment kind="image"/>')


async def test_openai_sees(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        model = OpenAIModel("gpt-5-mini", api_key=KEY, base_url=stub.base_url, session=http)
        content = await last(stub, model)
    assert [part["type"] for part in content] == [TEXT, "image_url", TEXT]
    assert content[1]["image_url"] == {"url": f"data:image/png;base64,{IN_BASE64}"}


async def test_openais_models_for_sound_hear(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        model = OpenAIModel("gpt-audio", api_key=KEY, base_url=stub.base_url, session=http)
        content = await last(stub, model)
    assert content[-1] == {
        "type": "input_audio",
        "input_audio": {"data": b64encode(SOUND).decode(), "format": "mp3"},
    }


async def test_a_model_nobody_knows_to_see_gets_plain_text(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        model = OpenAIModel("some-model-7b", api_key=KEY, base_url=stub.base_url, session=http)
        assert isinstance(await last(stub, model), str)
        large = replace(PROMPT, attachments=(Attachment("image", "image/png", bytes(700_000), 0),))
        seeing = OpenAIModel("gpt-4o", api_key=KEY, base_url=stub.base_url, session=http)
        assert len(await last(stub, seeing, large)) == 3


async def test_anthropic_sees() -> None:
    async with AnthropicStub() as stub:
        model = anthropic("claude-haiku-4-5", api_key=KEY, base_url=stub.base_url)
        async with model:
            content = await last(stub, model)
    assert [part["source"]["data"] for part in content if part["type"] == "image"] == [IN_BASE64]


def test_who_takes_what(http: aiohttp.ClientSession) -> None:
    names = {
        "gpt-4o": True,
        "o3": True,
        "gpt-5-mini": True,
        "qwen2.5-vl-7b": True,
        "llava": True,
        "gpt-3.5-turbo": False,
        "mistral-small": False,
        "foo3": False,
    }
    for name, sees in names.items():
        model = OpenAIModel(name, api_key=KEY, session=http)
        assert ("image/jpeg" in takes(model)) == sees, name
    assert takes(LocalModel()) == frozenset()
    gemini = GeminiModel("gemini-x", api_key=KEY, session=http)
    assert Chain([LocalModel(), gemini]).takes == takes(gemini)


async def test_the_local_model_answers_all_the_same() -> None:
    calls: list[Call] = []
    await generate(Chain([LocalModel()]), SHOWN, timeout=30, record=calls.append)
    assert calls[0].outcome == "ok"


async def test_a_picture_that_is_turned_down_is_left_out(http: aiohttp.ClientSession) -> None:
    refusal = to_json({"error": {"message": "You uploaded an unsupported image."}})
    async with OpenAIStub(script=[Canned(400, refusal)]) as stub:
        model = OpenAIModel("gpt-4o", api_key=KEY, base_url=stub.base_url, session=http)
        calls: list[Call] = []
        await generate(Chain([model]), SHOWN, timeout=30, record=calls.append)
    contents = [request.body["messages"][-1]["content"] for request in stub.requests]
    assert [type(each) for each in contents] == [list, str]
    assert [call.outcome for call in calls] == ["error", "ok"]


async def test_a_prompt_without_files_is_asked_once(http: aiohttp.ClientSession) -> None:
    refusal = to_json({"error": {"message": "no"}})
    async with OpenAIStub(script=[Canned(400, refusal)]) as stub:
        model = OpenAIModel("gpt-4o", api_key=KEY, base_url=stub.base_url, session=http)
        with pytest.raises(ModelRefused):
            await generate(Chain([model]), PROMPT, timeout=30, record=lambda _: None)
    assert len(stub.requests) == 1


def test_files_do_not_change_what_is_read_back() -> None:
    messages, _ = to_messages(SHOWN, frozenset({"image/png"}))
    assert tuple(read_asked(messages)) == PROMPT.asked


def test_bytes_are_not_shown_in_logs() -> None:
    assert "picture" not in repr(SHOWN.attachments[0])


async def test_gemini_writes_down_what_is_said(http: aiohttp.ClientSession) -> None:
    async with GeminiStub(reply=lambda _: " Is it open? ") as stub:
        model = GeminiModel("gemini-x", api_key=KEY, base_url=stub.base_url, session=http)
        found = await transcribe(model, SOUND, "audio/mpeg", timeout=30)
    assert found is not None
    words, call = found
    assert (words, call.outcome, call.input_tokens > 0) == ("Is it open?", "ok", True)
    assert "inlineData" in stub.requests[0].body["contents"][0]["parts"][1]


async def test_a_model_that_fails_leaves_no_words_and_is_booked(
    http: aiohttp.ClientSession,
) -> None:
    async with GeminiStub(script=[Canned(500)]) as stub:
        model = GeminiModel("gemini-x", api_key=KEY, base_url=stub.base_url, session=http)
        found = await transcribe(model, SOUND, "audio/mpeg", timeout=30)
        assert found is not None
        assert (found[0], found[1].outcome) == (None, "error")
        assert await transcribe(model, SOUND, "audio/unheard-of", timeout=30) is None


async def test_whisper_gets_a_form(http: aiohttp.ClientSession) -> None:
    from aiohttp import web

    forms: list[dict[str, object]] = []

    async def serve(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        forms.append(
            {
                "path": request.path,
                "model": form["model"],
                "name": file.filename,
                "data": file.file.read(),
                "key": request.headers["Authorization"],
            }
        )
        return web.json_response({"text": "Is it open?", "usage": {"type": "duration"}})

    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        at = Account(KEY, f"http://127.0.0.1:{runner.addresses[0][1]}/v1", "gpt")
        chain = choose("openai:whisper-1", Accounts(at, at, at), http)
        assert isinstance(chain.first, TranscriptionModel)
        found = await transcribe(chain.first, SOUND, "audio/mpeg", timeout=30)
    finally:
        await runner.cleanup()
    assert found is not None
    assert found[0] == "Is it open?"
    assert forms == [
        {
            "path": "/v1/audio/transcriptions",
            "model": "whisper-1",
            "name": "recording.mp3",
            "data": SOUND,
            "key": f"Bearer {KEY}",
        }
    ]


async def test_whisper_answers_nobody(http: aiohttp.ClientSession) -> None:
    model = TranscriptionModel("whisper-1", api_key=KEY, session=http)
    with pytest.raises(ModelError, match="writes down recordings"):
        await generate(Chain([model]), PROMPT, timeout=30, record=lambda _: None)
