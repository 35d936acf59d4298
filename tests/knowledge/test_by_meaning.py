"""Search by meaning: vectors beside words, and words alone where there are none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import asyncpg
import pytest

from rejoinder.app.database import bring_forward
from rejoinder.db import Database, connect, new_id
from rejoinder.errors import Unavailable
from rejoinder.knowledge import Found, ingest, search
from rejoinder.knowledge.embedding.embed import Means, embed_document
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.llm.embedding.embedder import Embedder
from rejoinder.testing.model_stub import Canned, Hang
from rejoinder.usage.model import Call

from .embedders import OpenAIEmbeds, embedder

PAGES = {
    "Refunds": "Money is paid back within seven days.",
    "Grinders": "The hand grinder is made of steel.",
    "Couriers": "Parcels are shipped from Bangkok.",
}
WORDLESS = "คืนเงินได้ไหมคะ"  # no word and no concept of it stands in the texts below


@pytest.fixture
async def stub() -> AsyncIterator[OpenAIEmbeds]:
    async with OpenAIEmbeds() as stub:
        yield stub


@pytest.fixture
def made(stub: OpenAIEmbeds, http: aiohttp.ClientSession) -> Embedder:
    return embedder(stub, http)


@pytest.fixture
async def shop(db: Database, workspace_id: UUID, made: Embedder) -> UUID:
    """A workspace with three pages and their vectors."""
    for title, body in PAGES.items():
        async with db.transaction(workspace_id) as tx:
            document = await ingest(tx, title=title, body=body, source=title)
        await embed_document(Means(db, made), workspace_id, document.document_id)
    return workspace_id


@pytest.fixture
async def blind(dsn: str) -> AsyncIterator[Database]:
    """A database of its own kind: in this schema nobody made the extension, nor is it seen from there."""
    name = f"blind_{new_id().hex[-12:]}"
    owner = await asyncpg.connect(dsn)
    await owner.execute(f"CREATE SCHEMA {name}")
    at = f"{dsn}{'&' if '?' in dsn else '?'}search_path={name}"
    await bring_forward(at)
    database = await connect(at, size=2)
    yield database
    await database.close()
    await owner.execute(f"DROP SCHEMA {name} CASCADE")
    await owner.close()


async def _search(
    db: Database, workspace_id: UUID, made: Embedder, text: str, **more: object
) -> list[Found]:
    meant = await Meaning(db, made).of(text)
    assert meant is not None
    async with db.read(workspace_id) as read:
        return await search(
            read,
            text,
            vector=meant.vector,
            model=meant.model,
            **more,  # type: ignore[arg-type]
        )


async def test_what_means_the_same_is_found(db: Database, shop: UUID, made: Embedder) -> None:
    found = await _search(db, shop, made, "my reimbursal, please")
    assert "Refunds" in {hit.title for hit in found[:2]}
    async with db.read(shop) as read:
        assert "Refunds" not in {hit.title for hit in await search(read, "reimbursal")}


async def test_a_text_without_words_is_found_by_its_meaning(
    db: Database, shop: UUID, made: Embedder
) -> None:
    found = await _search(db, shop, made, "???")
    assert {hit.title for hit in found} == set(PAGES)
    assert all(0 <= hit.score <= 1 for hit in found)


async def test_words_and_meaning_together_come_first(
    db: Database, shop: UUID, made: Embedder
) -> None:
    found = await _search(db, shop, made, "steel grinder")
    assert found[0].title == "Grinders"
    assert found[0].score > 0.9
    assert found[0].source == "Grinders"


async def test_another_models_vectors_are_not_compared(
    db: Database, shop: UUID, made: Embedder
) -> None:
    meant = await Meaning(db, made).of("reembolso")
    assert meant is not None
    async with db.read(shop) as read:
        assert await search(read, "qqqq?", vector=meant.vector, model="openai:else@8") == []
        short = await search(read, "zzz", vector=meant.vector[:4], model=meant.model)
    assert short == []


async def test_another_workspaces_documents_are_not_found(
    db: Database, shop: UUID, made: Embedder
) -> None:
    other = new_id()
    assert shop != other
    assert await _search(db, other, made, "refund") == []


async def test_what_scores_too_little_is_left_out(db: Database, shop: UUID, made: Embedder) -> None:
    found = await _search(db, shop, made, "refund", min_score=0.9)
    assert {hit.title for hit in found} == {"Refunds"}


async def test_filters_hold_for_vectors_too(db: Database, shop: UUID, made: Embedder) -> None:
    assert await _search(db, shop, made, "refund", tags=["faq"]) == []
    assert await _search(db, shop, made, "refund", bases=[new_id()]) == []
    async with db.transaction(shop) as tx:
        document = await ingest(
            tx,
            title="Devoluções",
            body="O reembolso é feito em sete dias, e você não paga nada por isso.",
            source="pt",
            tags=["faq"],
        )
    await embed_document(Means(db, made), shop, document.document_id)
    for filters in ({"tags": ["faq", "x"]}, {"languages": ["pt"]}):
        found = await _search(db, shop, made, "refund", **filters)
        assert "Devoluções" in {hit.title for hit in found}
        assert "Grinders" not in {hit.title for hit in found}


async def test_a_question_is_embedded_once(
    db: Database, stub: OpenAIEmbeds, made: Embedder
) -> None:
    meaning, calls = Meaning(db, made), list[Call]()
    first = await meaning.of("refund?", calls.append)
    assert await meaning.of("  refund? ", calls.append) == first
    assert (len(calls), len(stub.requests)) == (1, 1)


@pytest.mark.parametrize("script", [Hang(), Canned(status=503), Canned(status=401), Canned()])
async def test_without_a_vector_nothing_is_raised_and_nobody_is_asked_again_at_once(
    script: Hang | Canned, db: Database, http: aiohttp.ClientSession
) -> None:
    now = [100.0]
    calls: list[Call] = []
    async with OpenAIEmbeds(script=[script]) as stub:
        meaning = Meaning(db, embedder(stub, http), seconds=0.3, clock=lambda: now[0])
        assert await meaning.of("refund", calls.append) is None
        assert await meaning.of("refund", calls.append) is None
        assert len(stub.requests) == 1
        now[0] += 31
        assert await meaning.of("refund", calls.append) is not None
    assert [call.outcome for call in calls] == ["error", "ok"]


async def test_nothing_asked_is_nothing_meant(db: Database, made: Embedder) -> None:
    assert await Meaning(db, made).of(" \n") is None
    assert await Meaning(db, None).of("refund") is None


async def test_a_database_that_is_away_is_no_error(dsn: str, made: Embedder) -> None:
    gone = await connect(dsn, size=1)
    await gone.close()
    with pytest.raises(Unavailable):
        await gone.ping()
    assert await Meaning(gone, made).of("refund") is None


async def test_without_pgvector_it_is_the_words_alone(
    blind: Database, made: Embedder, stub: OpenAIEmbeds
) -> None:
    workspace_id = new_id()
    async with blind.maintenance() as maintenance:
        await maintenance.connection.execute(
            "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, 'blind', 'Blind')",
            workspace_id,
        )
    for title, body in PAGES.items():
        async with blind.transaction(workspace_id) as tx:
            await ingest(tx, title=title, body=body, source=title)
    assert await Meaning(blind, made).of("refund") is None
    assert stub.requests == []
    async with blind.read(workspace_id) as read:
        found = await search(read, "steel grinder", vector=(1.0,) * 8, model=made.identity)
    assert [hit.title for hit in found] == ["Grinders"]
