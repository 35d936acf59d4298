"""Texts as vectors over both wire formats; pydantic-ai's own models are the oracles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import httpx2
import pytest
from pydantic_ai.embeddings import EmbeddingModel
from pydantic_core import to_json

from rejoinder.errors import (
    ModelError,
    ModelRefused,
    ModelThrottled,
    ModelTransient,
    Setup,
)
from rejoinder.llm.choose import Account, Accounts
from rejoinder.llm.embedding import embedder_of, likeness, openai
from rejoinder.llm.embedding.choose import choice
from rejoinder.llm.embedding.embedder import LONGEST
from rejoinder.llm.embedding.model import named
from rejoinder.testing.model_stub import Canned, Drop, Hang
from rejoinder.usage.model import Call

from .embedders import (
    KEY,
    SIZE,
    Embeds,
    GeminiEmbeds,
    OpenAIEmbeds,
    accounts,
    embedder,
    vector,
)

FORMATS = [OpenAIEmbeds, GeminiEmbeds]
TEXTS = ["How do I get a refund?", "คืนเงินอย่างไร", "Giờ mở cửa"]


async def _failure(stub: Embeds, http: aiohttp.ClientSession) -> ModelError:
    with pytest.raises(ModelError) as failed:
        await embedder(stub, http).embed(["x"], "query", seconds=5, record=lambda _: None)
    return failed.value


@pytest.mark.parametrize("speaks", FORMATS)
async def test_each_text_gets_its_vector(speaks: type[Embeds], http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    async with speaks() as stub:
        found = await embedder(stub, http).embed(TEXTS, "document", seconds=5, record=calls.append)
    assert found == [pytest.approx(vector(text)) for text in TEXTS]
    (call,) = calls
    assert (call.purpose, call.outcome, call.prompt) == ("embed", "ok", "")
    assert call.input_tokens > 0
    assert call.estimated is (speaks is GeminiEmbeds)


async def test_gemini_is_told_what_the_vector_is_for(http: aiohttp.ClientSession) -> None:
    async with GeminiEmbeds() as stub:
        first, second = embedder(stub, http), embedder(stub, http, "gemini-embedding-2")
        await first.embed(["x"], "query", seconds=5, record=lambda _: None)
        await second.embed(["x"], "document", seconds=5, record=lambda _: None)
    asked, told = (each.body["requests"][0] for each in stub.requests)
    assert (asked["taskType"], asked["outputDimensionality"]) == ("RETRIEVAL_QUERY", SIZE)
    assert asked["content"]["parts"][0]["text"] == "x"
    assert "taskType" not in told
    assert told["content"]["parts"][0]["text"] == "title: none | text: x"


@pytest.mark.parametrize("speaks", FORMATS)
async def test_the_same_request_as_pydantic_ai_makes(
    speaks: type[Embeds], http: aiohttp.ClientSession
) -> None:
    async with speaks() as stub, _oracle(stub) as theirs:
        told = await theirs.embed(TEXTS, input_type="query", settings={"dimensions": SIZE})
        ours = await embedder(stub, http, theirs.model_name).embed(
            TEXTS, "query", seconds=5, record=lambda _: None
        )
    assert [pytest.approx(each) for each in told.embeddings] == ours
    first, second = stub.texts
    assert first == second
    assert stub.requests[0].path.partition("?")[0] == stub.requests[1].path


@asynccontextmanager
async def _oracle(stub: Embeds) -> AsyncIterator[EmbeddingModel]:
    if isinstance(stub, OpenAIEmbeds):
        from openai import AsyncOpenAI
        from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
        from pydantic_ai.providers.openai import OpenAIProvider

        async with AsyncOpenAI(api_key=KEY, base_url=stub.base_url, max_retries=0) as client:
            provider = OpenAIProvider(openai_client=client)
            yield OpenAIEmbeddingModel("text-embedding-3-small", provider=provider)
        return
    from pydantic_ai.embeddings.google import GoogleEmbeddingModel
    from pydantic_ai.providers.google import GoogleProvider

    async with httpx2.AsyncClient(timeout=30) as client:
        at = GoogleProvider(
            api_key=KEY, base_url=stub.base_url.removesuffix("/v1beta"), http_client=client
        )
        yield GoogleEmbeddingModel("gemini-embedding-001", provider=at)


@pytest.mark.parametrize("speaks", FORMATS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ModelRefused), (404, ModelRefused), (429, ModelThrottled), (503, ModelTransient)],
)
async def test_failures_are_sorted(
    speaks: type[Embeds], status: int, kind: type[ModelError], http: aiohttp.ClientSession
) -> None:
    body = to_json({"error": {"message": f"bad {KEY}", "code": status}})
    async with speaks(script=[Canned(status, body, {"Retry-After": "7"})]) as stub:
        failed = await _failure(stub, http)
    assert isinstance(failed, kind)
    assert KEY not in str(failed)
    if kind is ModelThrottled:
        assert failed.retry_after == 7


@pytest.mark.parametrize("speaks", FORMATS)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{}", b'{"data": [], "embeddings": []}', b'{"data": [{"index": 0}]}'],
)
async def test_a_body_without_vectors(
    speaks: type[Embeds], body: bytes, http: aiohttp.ClientSession
) -> None:
    async with speaks(script=[Canned(body=body)]) as stub:
        assert isinstance(await _failure(stub, http), ModelTransient)


@pytest.mark.parametrize("numbers", [[0.0] * SIZE, [float("nan")] * SIZE, []])
async def test_a_vector_that_points_nowhere(
    numbers: list[float], http: aiohttp.ClientSession
) -> None:
    body = to_json({"data": [{"index": 0, "embedding": numbers}]})
    async with OpenAIEmbeds(script=[Canned(body=body)]) as stub:
        assert isinstance(await _failure(stub, http), ModelTransient)


async def test_another_size_than_was_asked_for(http: aiohttp.ClientSession) -> None:
    async with OpenAIEmbeds(size=SIZE + 2) as stub:
        failed = await _failure(stub, http)
    assert isinstance(failed, ModelRefused)
    assert "10 numbers" in failed.detail
    assert "@SIZE" in failed.mend


@pytest.mark.parametrize("script", [Hang(), Drop(b'{"da')])
async def test_it_does_not_wait_for_ever(script: Hang | Drop, http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    async with OpenAIEmbeds(script=[script]) as stub:
        with pytest.raises(ModelTransient):
            await embedder(stub, http).embed(["x"], "query", seconds=0.2, record=calls.append)
    assert [call.outcome for call in calls] == ["error"]


async def test_a_call_that_is_given_up_is_booked(http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    async with OpenAIEmbeds(script=[Hang()]) as stub:
        made = embedder(stub, http)
        task = asyncio.create_task(made.embed(["x"], "query", seconds=60, record=calls.append))
        await stub.until(lambda each: each.open == 1)
        task.cancel()
        await asyncio.wait([task])
        await stub.until(lambda each: each.open == 0)
    assert [call.outcome for call in calls] == ["cancelled"]


async def test_long_texts_are_cut(http: aiohttp.ClientSession) -> None:
    async with OpenAIEmbeds() as stub:
        await embedder(stub, http).embed(["ก" * 9000], "document", seconds=5, record=lambda _: None)
    assert len(stub.texts[0][0]) == LONGEST


async def test_a_listed_model_has_no_price_at_another_address(http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    async with OpenAIEmbeds() as stub:
        made = embedder(stub, http, "text-embedding-3-small")
        await made.embed(["x"], "query", seconds=5, record=calls.append)
    assert calls[0].cost is None  # another server's price is its own
    assert calls[0].priced == "unknown"


KEYED = Account("k", None, "m")
BARE = Account(None, None, "m")
ELSEWHERE = Account("k", "http://127.0.0.1:1/v1", "m")


@pytest.mark.parametrize(
    ("models", "gemini", "openai", "made"),
    [
        (None, KEYED, KEYED, "gemini:gemini-embedding-001@768"),
        (None, BARE, KEYED, "openai:text-embedding-3-small@512"),
        (None, BARE, BARE, None),
        (None, BARE, ELSEWHERE, None),
        ("local", KEYED, KEYED, None),
        ("anthropic:x", KEYED, KEYED, None),
        ("anthropic:x, openai:y", KEYED, KEYED, "openai:text-embedding-3-small@512"),
    ],
)
def test_unset_it_follows_who_answers(
    models: str | None, gemini: Account, openai: Account, made: str | None
) -> None:
    found = choice(None, Accounts(gemini, openai, KEYED), models)
    assert (found.identity if found else None) == made


async def test_none_is_none(http: aiohttp.ClientSession) -> None:
    assert embedder_of("none", accounts(), http) is None


@pytest.mark.parametrize("wanted", ["", "nonsense", "openai:", "openai@x", "openai:a@0", ":a"])
async def test_a_name_that_is_none(wanted: str, http: aiohttp.ClientSession) -> None:
    with pytest.raises(Setup, match="REJOINDER_EMBEDDER"):
        embedder_of(wanted, accounts(), http)


@pytest.mark.parametrize("wanted", ["openai:a", "gemini"])
async def test_without_a_key(wanted: str, http: aiohttp.ClientSession) -> None:
    with pytest.raises(Setup, match="need a key"):
        embedder_of(wanted, Accounts(BARE, BARE, BARE), http)


async def test_a_provider_of_pydantic_ais_without_its_sdk(http: aiohttp.ClientSession) -> None:
    with pytest.raises(Setup, match="can't be used"):
        embedder_of("nobody:embed", accounts(), http)


async def test_a_provider_of_pydantic_ais(http: aiohttp.ClientSession) -> None:
    with pytest.MonkeyPatch.context() as patch:
        async with OpenAIEmbeds() as stub:
            patch.setenv("OLLAMA_BASE_URL", stub.base_url)
            patch.setenv("OLLAMA_API_KEY", KEY)
            made = embedder_of(f"ollama:nomic@{SIZE}", accounts(), http)
            assert made is not None
            found = await made.embed(["refund"], "query", seconds=5, record=lambda _: None)
            await made.close()
    assert made.identity == f"ollama:nomic@{SIZE}"
    assert found == [pytest.approx(vector("refund"))]


def test_identities_tell_sizes_apart() -> None:
    told = [named(each) for each in ("openai", "openai:text-embedding-3-small@1536", "openai:own")]
    assert [each.identity for each in told if each] == [
        "openai:text-embedding-3-small@512",
        "openai:text-embedding-3-small@1536",
        "openai:own",
    ]


@pytest.mark.parametrize(
    "model", ["openai:text-embedding-3-small@512", "gemini:gemini-embedding-001@768", "x:y"]
)
def test_likeness_grows_with_the_cosine(model: str) -> None:
    scores = [likeness(model, at / 100) for at in range(-100, 101)]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (0.0, 1.0)
    assert likeness(model, float("nan")) == 0.0


def test_openai_tells_which_vector_is_which_texts() -> None:
    data = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]
    found = openai.read_vectors(to_json({"data": data, "usage": "unknown"}))
    assert found is not None
    assert found.vectors == [[1.0], [2.0]]
