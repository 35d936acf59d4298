"""Vectors are made in the background, once each, and are kept current."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest

from rejoinder.db import Database, new_id
from rejoinder.errors import Invalid, ModelRefused, ModelThrottled, ModelTransient
from rejoinder.knowledge import ingest
from rejoinder.knowledge.embedding.embed import (
    BATCH,
    PAUSES,
    REFUSED_S,
    Means,
    embed_document,
    pause_after,
)
from rejoinder.knowledge.embedding.jobs import embed_message, job, read
from rejoinder.knowledge.embedding.lane import Embeddings
from rejoinder.knowledge.embedding.upkeep import sweep
from rejoinder.llm.embedding import embedder as module
from rejoinder.queue.jobs import Job, Taken
from rejoinder.testing.model_stub import Canned

from .embedders import OpenAIEmbeds, embedder

DUE = "UPDATE knowledge_documents SET embed_due_at = now() - interval '1 h' WHERE workspace_id = $1"


@pytest.fixture
async def stub() -> AsyncIterator[OpenAIEmbeds]:
    async with OpenAIEmbeds() as stub:
        yield stub


@pytest.fixture
def means(db: Database, stub: OpenAIEmbeds, http: aiohttp.ClientSession) -> Means:
    return Means(db, embedder(stub, http))


async def _ingest(
    db: Database, workspace_id: UUID, *sections: str, title: str = "Shop", source: str = "shop"
) -> UUID:
    body = "\n\n".join(f"# {each}\n\nAbout {each}." for each in sections)
    async with db.transaction(workspace_id) as tx:
        return (await ingest(tx, title=title, body=body, source=source)).document_id


async def _headings(db: Database, workspace_id: UUID, model: str) -> list[str]:
    """Those of chunks with a vector of the model, in order."""
    async with db.read(workspace_id) as read:
        rows = await read.connection.fetch(
            "SELECT c.heading FROM knowledge_chunks c"
            " JOIN knowledge_vectors v USING (workspace_id, document_id, position)"
            " WHERE v.workspace_id = $1 AND v.model = $2 ORDER BY c.position",
            workspace_id,
            model,
        )
    return [row[0] for row in rows]


async def _state(db: Database, workspace_id: UUID) -> tuple[str | None, int, str | None]:
    async with db.read(workspace_id) as read:
        row = await read.connection.fetchrow(
            "SELECT embedded, embed_tries, embed_error FROM knowledge_documents WHERE workspace_id = $1",
            workspace_id,
        )
    assert row is not None
    return row[0], row[1], row[2]


async def test_each_chunk_gets_a_vector_and_is_booked(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    document_id = await _ingest(db, workspace_id, "Refunds", "Delivery")
    assert await embed_document(means, workspace_id, document_id) == "embedded"
    model = means.embedder.identity
    assert await _headings(db, workspace_id, model) == ["Refunds", "Delivery"]
    assert stub.texts == [["Shop › Refunds\nAbout Refunds.", "Shop › Delivery\nAbout Delivery."]]
    assert (await _state(db, workspace_id))[0] == model
    async with db.read(workspace_id) as read:
        (row,) = await read.connection.fetch(
            "SELECT purpose, outcome, input_tokens, contact_id FROM ai_response_logs WHERE workspace_id = $1",
            workspace_id,
        )
    assert tuple(row) == ("embed", "ok", 14, None)


async def test_nothing_is_paid_for_twice(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    document_id = await _ingest(db, workspace_id, "Refunds")
    await embed_document(means, workspace_id, document_id)
    assert await embed_document(means, workspace_id, document_id) is None
    assert len(stub.requests) == 1


async def test_a_long_document_goes_in_batches(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    sections = [f"Section {at}" for at in range(BATCH + 3)]
    document_id = await _ingest(db, workspace_id, *sections)
    assert await embed_document(means, workspace_id, document_id) == "embedded"
    assert [len(each) for each in stub.texts] == [BATCH, 3]
    assert len(await _headings(db, workspace_id, means.embedder.identity)) == BATCH + 3
    assert module.BATCH == BATCH


async def test_unchanged_chunks_keep_their_vectors_wherever_they_stand(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    document_id = await _ingest(db, workspace_id, "A", "B", "C", "D")
    await embed_document(means, workspace_id, document_id)
    assert await _ingest(db, workspace_id, "New", "B", "D", "A") == document_id
    model = means.embedder.identity
    assert await _headings(db, workspace_id, model) == ["B", "D", "A"]
    assert (await _state(db, workspace_id))[0] is None
    assert await embed_document(means, workspace_id, document_id) == "embedded"
    assert stub.texts[1:] == [["Shop › New\nAbout New."]]
    assert await _headings(db, workspace_id, model) == ["New", "B", "D", "A"]
    async with db.read(workspace_id) as read:
        odd = await read.connection.fetchval(
            "SELECT count(*) FROM knowledge_vectors v WHERE workspace_id = $1 AND NOT EXISTS ("
            "SELECT FROM knowledge_chunks c WHERE c.workspace_id = $1 AND c.document_id = v.document_id"
            " AND c.position = v.position)",
            workspace_id,
        )
    assert odd == 0


async def test_a_new_title_is_embedded_anew(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    document_id = await _ingest(db, workspace_id, "A", "B")
    await embed_document(means, workspace_id, document_id)
    await _ingest(db, workspace_id, "A", "B", title="Store")
    assert await _headings(db, workspace_id, means.embedder.identity) == []


async def test_a_document_that_changes_meanwhile_is_left_to_its_own_job(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    document_id = await _ingest(db, workspace_id, "A")
    stub.delay = 0.2
    embedding = asyncio.create_task(embed_document(means, workspace_id, document_id))
    await stub.until(lambda each: each.open == 1)
    await _ingest(db, workspace_id, "B")
    assert await embedding == "changed"
    assert await _headings(db, workspace_id, means.embedder.identity) == []
    assert await embed_document(means, workspace_id, document_id) == "embedded"


@pytest.mark.parametrize("status", [429, 503, 401])
async def test_a_failure_is_seen_and_tried_again(
    status: int, db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds
) -> None:
    document_id = await _ingest(db, workspace_id, "A")
    stub.script.append(Canned(status))
    assert await embed_document(means, workspace_id, document_id) == "failed"
    embedded, tries, error = await _state(db, workspace_id)
    assert (embedded, tries) == (None, 1)
    assert error
    assert await embed_document(means, workspace_id, document_id) is None, "it is not due yet"
    async with db.statement(workspace_id) as tx:
        await tx.connection.execute(DUE, workspace_id)
    assert await embed_document(means, workspace_id, document_id) == "embedded"
    assert await _state(db, workspace_id) == (means.embedder.identity, 0, None)


def test_pauses_grow_and_heed_what_is_asked() -> None:
    pauses = [pause_after(tries, ModelTransient("x")).total_seconds() for tries in range(9)]
    assert pauses[: len(PAUSES)] == list(PAUSES)
    assert pauses == sorted(pauses)
    assert pause_after(0, ModelThrottled("x", retry_after=99)) == timedelta(seconds=99)
    assert pause_after(0, ModelRefused("x")) == timedelta(seconds=REFUSED_S)


async def test_another_model_makes_its_own(
    db: Database, workspace_id: UUID, means: Means, stub: OpenAIEmbeds, http: aiohttp.ClientSession
) -> None:
    document_id = await _ingest(db, workspace_id, "A")
    await embed_document(means, workspace_id, document_id)
    async with db.statement(workspace_id) as tx:
        await tx.connection.execute(DUE, workspace_id)
    other = Means(db, embedder(stub, http, "other"))
    assert await embed_document(other, workspace_id, document_id) == "embedded"
    assert await _headings(db, workspace_id, other.embedder.identity) == ["A"]


async def test_the_sweep_finds_what_has_no_vectors(
    db: Database, workspace_id: UUID, means: Means
) -> None:
    document_id = await _ingest(db, workspace_id, "A")
    payload = job(workspace_id, document_id).payload
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'embeddings'")
    await sweep(db, means.embedder.identity)
    async with db.maintenance() as maintenance:
        jobs = await maintenance.connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE payload = $1", payload
        )
        await maintenance.connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'embeddings'")
    assert jobs == 1
    await embed_document(means, workspace_id, document_id)
    await sweep(db, means.embedder.identity)
    async with db.maintenance() as maintenance:
        assert not await maintenance.connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE payload = $1", payload
        )
        await maintenance.connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'embeddings'")


def _taken(made: Job) -> Taken:
    return Taken(made.lane, made.payload, 0)


async def test_the_lane_takes_documents(db: Database, workspace_id: UUID, means: Means) -> None:
    document_id = await _ingest(db, workspace_id, "A")
    lane = Embeddings(means, slots=2)
    await lane.wake(_taken(job(workspace_id, document_id)))
    assert lane.room() == 1
    await lane.drain(10)
    assert lane.room() == 0
    assert await _headings(db, workspace_id, means.embedder.identity) == ["A"]


async def test_without_an_embedder_jobs_end_at_once(workspace_id: UUID) -> None:
    lane = Embeddings(None, slots=2)
    await lane.wake(_taken(job(workspace_id, new_id())))
    await lane.keep()
    assert lane.room() == 2


@pytest.mark.parametrize("payload", [b"", b"d", b"x" * 33, b"m" + b"x" * 31])
async def test_a_job_that_is_none(payload: bytes) -> None:
    with pytest.raises(Invalid):
        read(Taken("embeddings", payload, 0))


def test_payloads_are_read_back() -> None:
    one, two = new_id(), new_id()
    assert read(_taken(job(one, two))) == ("document", one, two)
    assert read(_taken(embed_message(one, two))) == ("message", one, two)
