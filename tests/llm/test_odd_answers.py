"""Answers that are none, or not what was asked for: the customer gets no part of them, and the next model is asked."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import pytest
from pydantic_core import to_json

from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.wire.model import MAX_BODY
from rejoinder.testing.model_stub import Canned
from rejoinder.usage.model import Call

from .conftest import PROMPT
from .providers import ANTHROPIC, CHATS, Chat
from .test_conformance import ANSWER

pytestmark = [
    pytest.mark.parametrize("adapter", CHATS, ids=lambda adapter: adapter.name),
    pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"]),
]

STREAMED = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}


def saying(adapter: Chat, text: str, *, streamed: bool) -> Canned:
    """A good response of the provider's that says this."""
    if streamed or adapter.provider is ANTHROPIC:  # pydantic-ai streams Anthropic's in any case
        return Canned(200, adapter.provider.ended(text, "stop"), STREAMED)
    return Canned(200, adapter.provider.stub().whole(text, (9, 3)), JSON)


async def answers(
    adapter: Chat, http: aiohttp.ClientSession, script: Canned, *, streamed: bool
) -> tuple[str, list[Call], list[str]]:
    """What a chain of two answers whose first model gives this, its calls, and what was told meanwhile."""
    calls: list[Call] = []
    told: list[str] = []
    on_text: Callable[[str], None] | None = told.append if streamed else None
    async with adapter.provider.stub(script=[script]) as stub:
        models = [adapter.make(stub.base_url, http) for _ in range(2)]
        async with Chain(models).open() as chain:
            found = await generate(chain, PROMPT, timeout=30, record=calls.append, on_text=on_text)
    return found.answer.reply, calls, told


BROKEN = {
    "malformed": '{"decision": "answer", "reply": "Hi", "reason" "x"}',
    "cut off": '{"decision": "answer", "reply": "Hi th',
    "empty": "",
    "no reply": '{"decision": "answer", "reply": ""}',
    "a decision of its own": '{"decision": "dance", "reply": "Hi"}',
    "another object's key": '{"reply": {"text": "Hi"}, "decision": "answer"}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
async def test_broken_objects_are_not_sent(
    adapter: Chat, http: aiohttp.ClientSession, streamed: bool, text: str
) -> None:
    script = saying(adapter, text, streamed=streamed)
    reply, calls, told = await answers(adapter, http, script, streamed=streamed)
    assert reply == ANSWER.reply
    assert [call.outcome for call in calls] == ["error", "ok"]
    assert not streamed or told[-1] == ANSWER.reply


async def test_of_two_fields_of_one_name_the_last_counts(
    adapter: Chat, http: aiohttp.ClientSession, streamed: bool
) -> None:
    text = '{"decision": "answer", "reply": "one", "reply": "two"}'
    script = saying(adapter, text, streamed=streamed)
    reply, calls, _ = await answers(adapter, http, script, streamed=streamed)
    assert (reply, len(calls)) == ("two", 1)


NOTHING = {
    "no choice": b'{"choices": [], "candidates": [], "content": []}',
    "an empty object": b"{}",
    "an empty body": b"",
    "a list": b"[]",
    "a text": b'"hello"',
}


@pytest.mark.parametrize("body", NOTHING.values(), ids=NOTHING.keys())
async def test_a_body_without_an_answer_is_none(
    adapter: Chat, http: aiohttp.ClientSession, streamed: bool, body: bytes
) -> None:
    script = Canned(200, body, JSON)
    reply, calls, _ = await answers(adapter, http, script, streamed=streamed)
    assert reply == ANSWER.reply
    assert [call.outcome for call in calls] == ["error", "ok"]


async def test_the_wrong_content_type_costs_at_most_this_model(
    adapter: Chat, http: aiohttp.ClientSession, streamed: bool
) -> None:
    """A good body under another name is read or refused, and never half read."""
    text = to_json({"decision": "answer", "reply": ANSWER.reply}).decode()
    good = saying(adapter, text, streamed=streamed)
    script = Canned(200, good.body, {"Content-Type": "text/plain"})
    reply, calls, _ = await answers(adapter, http, script, streamed=streamed)
    assert reply == ANSWER.reply
    assert calls[-1].outcome == "ok"


async def test_a_large_answer_is_read_and_an_endless_one_is_not(
    adapter: Chat, http: aiohttp.ClientSession, streamed: bool
) -> None:
    large = "x" * 200_000
    text = to_json({"decision": "answer", "reply": large}).decode()
    script = saying(adapter, text, streamed=streamed)
    reply, calls, _ = await answers(adapter, http, script, streamed=streamed)
    assert (reply, [call.outcome for call in calls]) == (large, ["ok"])
    if adapter.ours:
        script = saying(adapter, "x" * (MAX_BODY + 1), streamed=streamed)
        reply, calls, _ = await answers(adapter, http, script, streamed=streamed)
        assert reply == ANSWER.reply
        assert "more than 4 MiB" in calls[0].error
