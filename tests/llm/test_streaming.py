"""An answer shown while it is written: what is told of it, and what becomes of a stream that breaks."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from pydantic_ai.models import Model

from rejoinder.errors import ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.failure import BROKE_OFF, UNUSABLE
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.model import Answer
from rejoinder.testing.model_stub import Canned, Drop, Hang, Script, Stall
from rejoinder.usage.model import Call

from .conftest import PROMPT
from .providers import CHATS, Chat
from .test_conformance import ANSWER

pytestmark = pytest.mark.parametrize("adapter", CHATS, ids=lambda adapter: adapter.name)

STREAMED = {"Content-Type": "text/event-stream"}


class Watching:
    """Asks with a listener, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.calls: list[Call] = []

    async def ask(self, *models: Model, timeout: float = 30) -> Answer:
        async with Chain(models).open() as chain:
            generated = await generate(
                chain, PROMPT, timeout=timeout, record=self.calls.append, on_text=self.told.append
            )
        return generated.answer


async def test_the_reply_grows_and_ends_as_the_answer(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    watching = Watching()
    text = 'Três a cinco dias, "Huế" 😀.\nMore? ' * 20 + "End."
    async with adapter.provider.stub(reply=lambda _: text) as stub:
        answer = await watching.ask(adapter.make(stub.base_url, http))
    assert stub.wants_stream(stub.requests[0].path, stub.requests[0].body)
    assert stub.wants_object(stub.requests[0].body)
    assert answer.reply == watching.told[-1] == text
    assert all(text.startswith(each) for each in watching.told)
    assert len(set(watching.told)) == len(watching.told) >= 2
    [call] = watching.calls
    assert (call.outcome, call.estimated) == ("ok", False)
    assert (call.input_tokens > 80, call.output_tokens > 10) == (True, True)


async def test_one_cut_off_in_the_middle_is_booked_and_the_next_begins_anew(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    begun = adapter.provider.begun('{"decision": "answer", "reply": "Half an ans')
    cuts: list[Script] = [Canned(200, begun, STREAMED), Drop(begun, STREAMED)]
    for cut in cuts:
        watching = Watching()
        async with adapter.provider.stub(script=[cut]) as stub:
            models = [adapter.make(stub.base_url, http) for _ in range(2)]
            answer = await watching.ask(*models)
        assert answer.reply == ANSWER.reply
        assert watching.told[0] == "Half an ans"
        assert watching.told[-1] == ANSWER.reply
        first, second = watching.calls
        assert (first.outcome, first.estimated, second.outcome) == ("error", True, "ok")
        assert "Half an ans" in first.response
        assert (first.input_tokens > 50, first.output_tokens > 5) == (True, True)


async def test_plain_text_cut_off_is_no_answer(adapter: Chat, http: aiohttp.ClientSession) -> None:
    cut = Canned(200, adapter.provider.begun("Three to"), STREAMED)
    watching = Watching()
    async with adapter.provider.stub(script=[cut]) as stub:
        with pytest.raises(ModelTransient) as caught:
            await watching.ask(adapter.make(stub.base_url, http))
    assert caught.value.code == BROKE_OFF
    assert watching.told == []


async def test_one_that_stalls_is_given_up_and_its_connection_closed(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    watching = Watching()
    begun = adapter.provider.begun('{"decision": "answer", "reply": "Half')
    async with adapter.provider.stub(script=[Stall(begun)]) as stub:
        model = adapter.make(stub.base_url, http)
        with pytest.raises(ModelTransient, match="in time"):
            await watching.ask(model, timeout=1)
        await stub.until(lambda stub: stub.closed_by_client == 1)
    assert watching.told == ["Half"]
    assert (watching.calls[0].outcome, watching.calls[0].estimated) == ("error", True)


async def test_cancelling_closes_the_connection_and_books_what_came(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    watching, came = Watching(), asyncio.Event()
    begun = adapter.provider.begun('{"decision": "answer", "reply": "Half')
    async with adapter.provider.stub(script=[Stall(begun)]) as stub:
        async with Chain([adapter.make(stub.base_url, http)]).open() as chain:
            turn = asyncio.create_task(
                generate(
                    chain,
                    PROMPT,
                    timeout=30,
                    record=watching.calls.append,
                    on_text=lambda _: came.set(),
                )
            )
            await came.wait()
            turn.cancel()
            with pytest.raises(asyncio.CancelledError):
                await turn
            if adapter.name != "oracle gemini":  # Google's SDK keeps it as long as its client
                await stub.until(lambda stub: stub.closed_by_client == 1)
        await stub.until(lambda stub: stub.closed_by_client == 1)
    [call] = watching.calls
    assert (call.outcome, call.estimated) == ("cancelled", True)
    assert "Half" in call.response


async def test_one_that_never_begins_is_given_up(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    watching = Watching()
    async with adapter.provider.stub(script=[Hang()]) as stub:
        model = adapter.make(stub.base_url, http)
        with pytest.raises(ModelTransient, match="in time"):
            await watching.ask(model, timeout=0.5)
        await stub.until(lambda stub: stub.closed_by_client == 1)
    assert watching.calls[0].outcome == "error"


async def test_what_the_server_refuses_is_told_as_without_a_stream(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    busy = adapter.provider.faulty(429, "Slow down", **{"Retry-After": "7"})
    async with adapter.provider.stub(script=[busy]) as stub:
        with pytest.raises(ModelThrottled) as caught:
            await Watching().ask(adapter.make(stub.base_url, http))
    assert caught.value.retry_after == 7
    for status, kind in ((503, ModelTransient), (404, ModelRefused)):
        fault = adapter.provider.faulty(status, "No")
        async with adapter.provider.stub(script=[fault]) as stub:
            with pytest.raises(kind):
                await Watching().ask(adapter.make(stub.base_url, http))


async def test_an_error_in_the_middle_of_a_stream_may_pass(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    provider = adapter.provider
    failing = Canned(200, provider.half + provider.failing, STREAMED)
    watching = Watching()
    async with provider.stub(script=[failing]) as stub:
        with pytest.raises(ModelTransient):
            await watching.ask(adapter.make(stub.base_url, http))
    assert [call.outcome for call in watching.calls] == ["error"]


async def test_a_stream_that_ends_at_a_limit_or_a_filter_is_no_answer(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    text = '{"decision": "answer", "reply": "Cut'
    limited = Canned(200, adapter.provider.ended(text, "length"), STREAMED)
    async with adapter.provider.stub(script=[limited]) as stub:
        with pytest.raises(ModelTransient) as caught:
            await Watching().ask(adapter.make(stub.base_url, http))
    assert caught.value.code == UNUSABLE
    filtered = Canned(200, adapter.provider.ended(text, "content_filter"), STREAMED)
    async with adapter.provider.stub(script=[filtered]) as stub:
        with pytest.raises(ModelRefused):
            await Watching().ask(adapter.make(stub.base_url, http))


async def test_a_page_in_place_of_a_stream_is_no_answer(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    page = Canned(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})
    watching = Watching()
    async with adapter.provider.stub(script=[page]) as stub:
        with pytest.raises(ModelTransient):
            await watching.ask(adapter.make(stub.base_url, http))
    assert watching.told == []


async def test_malformed_json_at_the_end_is_no_answer(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    text = '{"decision": "answer", "reply": "Good so far", "reason": }'
    broken = Canned(200, adapter.provider.ended(text, "stop"), STREAMED)
    watching = Watching()
    async with adapter.provider.stub(script=[broken]) as stub:
        models = [adapter.make(stub.base_url, http) for _ in range(2)]
        assert (await watching.ask(*models)).reply == ANSWER.reply
    assert [call.outcome for call in watching.calls] == ["error", "ok"]
    assert watching.told[-1] == ANSWER.reply
