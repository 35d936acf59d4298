"""Vectors are made within the limits of the provider, which chats share, and not by a model that is down."""

from __future__ import annotations

from uuid import UUID

import aiohttp
import pytest

from rejoinder.db import Database
from rejoinder.errors import ModelError, ModelThrottled
from rejoinder.knowledge import ingest
from rejoinder.knowledge.embedding.embed import Means, embed_document
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.llm.calling.breaker import OPENS_AFTER, RESTING
from rejoinder.llm.calling.limits import CROWDED, Limits
from rejoinder.llm.embedding.embedder import Embedder
from rejoinder.testing.model_stub import Canned
from rejoinder.usage.model import Call

from .embedders import Embeds, GeminiEmbeds, OpenAIEmbeds, embedder


async def _embed(made: Embedder, calls: list[Call], seconds: float = 5) -> None:
    await made.embed(["x"], "query", seconds=seconds, record=calls.append)


@pytest.mark.parametrize(
    ("speaks", "named", "provider"),
    [(OpenAIEmbeds, "openai", "openai"), (GeminiEmbeds, "gemini", "google")],
)
async def test_who_finds_no_place_asks_nothing_and_nothing_is_booked(
    speaks: type[Embeds], named: str, provider: str, http: aiohttp.ClientSession
) -> None:
    limits, calls = Limits.read(f"{named}:concurrency=1"), list[Call]()
    async with speaks() as stub:
        made = embedder(stub, http, limits=limits)
        async with limits.place(provider, 1):  # a chat's
            with pytest.raises(ModelThrottled) as caught:
                await _embed(made, calls, seconds=0.02)
        assert (caught.value.code, stub.requests, calls) == (CROWDED, [], [])
        await _embed(made, calls)
    assert [call.outcome for call in calls] == ["ok"]


async def test_the_place_is_held_for_the_call_and_given_back(http: aiohttp.ClientSession) -> None:
    limits = Limits.read("openai:concurrency=1")
    async with OpenAIEmbeds(script=[Canned(503)]) as stub:
        made = embedder(stub, http, limits=limits)
        with pytest.raises(ModelError):
            await _embed(made, [])
        async with limits.place("openai", 1):
            pass


async def test_a_rate_counts_vectors_too(http: aiohttp.ClientSession) -> None:
    limits = Limits.read("openai:rate=1/hour")
    async with OpenAIEmbeds() as stub:
        await _embed(embedder(stub, http, limits=limits), [])
        with pytest.raises(ModelThrottled):
            async with limits.place("openai", 0.01):  # a chat's
                pytest.fail("there was no place")


async def test_a_document_without_a_place_is_left_for_later(
    db: Database, workspace_id: UUID, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rejoinder.knowledge.embedding.embed._SECONDS", 0.02)
    limits = Limits.read("openai:concurrency=1")
    async with db.transaction(workspace_id) as tx:
        document = await ingest(tx, title="Shop", body="Refunds.", source="shop")
    async with OpenAIEmbeds() as stub, limits.place("openai", 1):
        means = Means(db, embedder(stub, http, limits=limits))
        assert await embed_document(means, workspace_id, document.document_id) == "later"
        assert stub.requests == []
    async with db.read(workspace_id) as read:
        row = await read.connection.fetchrow(
            "SELECT embed_tries, embed_error, embed_due_at BETWEEN now() AND now() + interval '11 s'"
            " FROM knowledge_documents WHERE workspace_id = $1",
            workspace_id,
        )
    assert row is not None
    assert tuple(row) == (0, None, True)


async def test_a_question_without_a_place_is_not_the_models_failure(
    db: Database, http: aiohttp.ClientSession
) -> None:
    limits = Limits.read("openai:concurrency=1")
    async with OpenAIEmbeds() as stub:
        meaning = Meaning(db, embedder(stub, http, limits=limits), seconds=0.5, clock=lambda: 100.0)
        async with limits.place("openai", 1):
            assert await meaning.of("refund") is None
        assert await meaning.of("refund") is not None


async def test_a_model_that_fails_again_and_again_is_left_alone(
    http: aiohttp.ClientSession,
) -> None:
    calls: list[Call] = []
    async with OpenAIEmbeds(script=[Canned(503)] * OPENS_AFTER) as stub:
        made = embedder(stub, http)
        for _ in range(OPENS_AFTER):
            with pytest.raises(ModelError):
                await _embed(made, calls)
        with pytest.raises(ModelError) as caught:
            await _embed(made, calls)
        assert caught.value.code == RESTING
        assert len(stub.requests) == len(calls) == OPENS_AFTER
