"""A workspace's vectors may have an index: it finds the same, in that workspace alone."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import asyncpg
import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot
from rejoinder.db import Database, Read, new_id
from rejoinder.errors import Conflict, Setup
from rejoinder.knowledge import Found, search
from rejoinder.knowledge.searching import store as searching
from rejoinder.knowledge.searching.indexed import make as making
from rejoinder.knowledge.searching.indexed import store
from rejoinder.knowledge.searching.indexed.make import drop, make

MODEL = "stub:it's@8"
SIZE = 8
LEAST = 300


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index from 300 chunks on."""
    monkeypatch.setattr(store, "LEAST", LEAST)
    monkeypatch.setattr(
        searching,
        "BY_INDEX",
        searching.BY_INDEX.replace(f">= {5_000} AS yes", f">= {LEAST} AS yes"),
    )


@pytest.fixture
async def large(db: Database, workspace_id: UUID) -> AsyncIterator[UUID]:
    """400 chunks in one base, 40 in another."""
    await _fill(db, workspace_id, "Large", 400, seed=1)
    await _fill(db, workspace_id, "Small", 40, seed=2)
    yield workspace_id
    await drop(db, workspace_id)


async def _fill(db: Database, workspace_id: UUID, name: str, chunks: int, seed: int) -> None:
    """Documents of 20 chunks in a base of that name."""
    base_id, chance = new_id(), random.Random(seed)
    async with db.transaction(workspace_id) as tx:
        await tx.connection.execute(
            "INSERT INTO knowledge_bases (workspace_id, base_id, name) VALUES ($1, $2, $3)",
            workspace_id,
            base_id,
            name,
        )
        for each in range(chunks // 20):
            document_id = new_id()
            await tx.connection.execute(
                "INSERT INTO knowledge_documents (workspace_id, document_id, title, source, language, body, chunks,"
                " base_id) VALUES ($1, $2, $3, $4, 'en', 'x', 20, $5)",
                workspace_id,
                document_id,
                name,
                f"{name}{each}",
                base_id,
            )
            await tx.connection.execute(
                "INSERT INTO knowledge_chunks (workspace_id, document_id, position, heading, language, body, words)"
                " SELECT $1, $2, at, 'h', CASE WHEN at % 4 = 0 THEN 'pt' ELSE 'en' END, 'b', ''"
                " FROM generate_series(0, 19) AS at",
                workspace_id,
                document_id,
            )
            await tx.connection.executemany(
                "INSERT INTO knowledge_vectors (workspace_id, document_id, position, model, vector)"
                " VALUES ($1, $2, $3, $4, $5)",
                [(workspace_id, document_id, at, MODEL, _vector(chance)) for at in range(20)],
            )


def _vector(chance: random.Random) -> list[float]:
    return [chance.gauss(0, 1) for _ in range(SIZE)]


async def _bot(db: Database, workspace_id: UUID, base: str) -> UUID:
    bot = Bot(bot_id=new_id(), name=f"Bot {new_id()}", persona="", fallback_text="Later.")
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await tx.connection.execute(
            "INSERT INTO bot_knowledge SELECT $1, $2, base_id FROM knowledge_bases"
            " WHERE workspace_id = $1 AND name = $3",
            workspace_id,
            bot.bot_id,
            base,
        )
    return bot.bot_id


async def _near(
    db: Database,
    workspace_id: UUID,
    vector: Sequence[float],
    model: str = MODEL,
    **more: object,
) -> list[tuple[UUID, int]]:
    async with db.read(workspace_id) as read:
        found = await _search(read, vector, model, **more)
    return [(hit.document_id, hit.position) for hit in found]


async def _search(
    read: Read, vector: Sequence[float], model: str = MODEL, **more: object
) -> list[Found]:
    return await search(read, "", vector=vector, model=model, limit=10, **more)  # type: ignore[arg-type]


QUESTIONS = [_vector(random.Random(seed)) for seed in range(100, 120)]


async def test_it_finds_what_is_found_without(db: Database, large: UUID) -> None:
    exact = [await _near(db, large, each) for each in QUESTIONS]
    made = await make(db, large, MODEL)
    assert (made.vectors, made.dropped) == (440, 0)
    assert made.bytes
    close = [await _near(db, large, each) for each in QUESTIONS]
    assert store.name(large, MODEL) in searching._THERE
    same = sum(len(set(one) & set(other)) for one, other in zip(exact, close, strict=True))
    assert same >= 0.97 * 10 * len(QUESTIONS)


async def test_the_planner_uses_it(db: Database, large: UUID) -> None:
    """As soon as it is cheaper than reading all: here sorting is made dear."""
    await make(db, large, MODEL)
    vector = searching.Vector(MODEL, QUESTIONS[0])
    text = searching._indexed(large, vector)
    arguments = [large, "'='", ["'='"], 16, None, [], [], [], ["en"], QUESTIONS[0], MODEL, ""]
    async with db.transaction(large) as tx:
        await tx.connection.execute("SET LOCAL enable_sort = off")
        plan = await tx.connection.fetch(f"EXPLAIN {text}", *arguments)
    assert any(store.name(large, MODEL) in row[0] for row in plan)


@pytest.mark.parametrize("filters", [["pt"], ["pt", "en"]])
async def test_filters_hold(db: Database, large: UUID, filters: list[str]) -> None:
    exact = [await _near(db, large, each, languages=filters) for each in QUESTIONS]
    await make(db, large, MODEL)
    await _near(db, large, QUESTIONS[0])
    close = [await _near(db, large, each, languages=filters) for each in QUESTIONS]
    assert all(len(each) == 10 for each in close)
    same = sum(len(set(one) & set(other)) for one, other in zip(exact, close, strict=True))
    assert same >= 0.97 * 10 * len(QUESTIONS)
    assert await _near(db, large, QUESTIONS[0], tags=["none"]) == []


@pytest.mark.parametrize("base", ["Large", "Small"])
async def test_a_bot_finds_its_bases_only(db: Database, large: UUID, base: str) -> None:
    bot_id = await _bot(db, large, base)
    exact = [await _near(db, large, each, bot_id=bot_id) for each in QUESTIONS]
    await make(db, large, MODEL)
    await _near(db, large, QUESTIONS[0])
    async with db.read(large) as read:
        titles = {hit.title for hit in await _search(read, QUESTIONS[1], bot_id=bot_id)}
    assert titles == {base}
    close = [await _near(db, large, each, bot_id=bot_id) for each in QUESTIONS]
    same = sum(len(set(one) & set(other)) for one, other in zip(exact, close, strict=True))
    assert same >= 0.97 * 10 * len(QUESTIONS)


async def test_another_workspace_and_another_model_are_left_alone(
    db: Database, large: UUID
) -> None:
    await make(db, large, MODEL)
    await _near(db, large, QUESTIONS[0])
    assert await _near(db, new_id(), QUESTIONS[0]) == []
    assert await _near(db, large, QUESTIONS[0], model="stub:other@8") == []


async def test_what_comes_later_is_found(db: Database, large: UUID) -> None:
    await make(db, large, MODEL)
    await _near(db, large, QUESTIONS[0])
    document_id = new_id()
    async with db.transaction(large) as tx:
        await tx.connection.execute(
            "INSERT INTO knowledge_documents (workspace_id, document_id, title, source, language, body, chunks)"
            " VALUES ($1, $2, 'New', 'new', 'en', 'x', 1)",
            large,
            document_id,
        )
        await tx.connection.execute(
            "INSERT INTO knowledge_chunks (workspace_id, document_id, position, heading, language, body, words)"
            " VALUES ($1, $2, 0, 'h', 'en', 'b', '')",
            large,
            document_id,
        )
        await tx.connection.execute(
            "INSERT INTO knowledge_vectors (workspace_id, document_id, position, model, vector)"
            " VALUES ($1, $2, 0, $3, $4)",
            large,
            document_id,
            MODEL,
            QUESTIONS[0],
        )
    assert (await _near(db, large, QUESTIONS[0]))[0] == (document_id, 0)


async def test_a_second_time_nothing_is_done_and_without_it_search_goes_on(
    db: Database, large: UUID
) -> None:
    first, second = [await make(db, large, MODEL) for _ in range(2)]
    assert first == second
    exact = await _near(db, large, QUESTIONS[0])
    assert await drop(db, large) == 1
    assert await _near(db, large, QUESTIONS[0]) == exact
    assert store.name(large, MODEL) not in searching._THERE


async def test_a_former_models_goes_and_few_vectors_have_none(db: Database, large: UUID) -> None:
    await make(db, large, MODEL)
    made = await make(db, large, "stub:other@8")
    assert (made.vectors, made.bytes, made.dropped) == (0, None, 1)


async def test_what_was_left_half_made_is_made_anew(db: Database, large: UUID) -> None:
    await make(db, large, MODEL)
    name = store.name(large, MODEL)
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(f"DROP INDEX {name}")
        with pytest.raises(asyncpg.UniqueViolationError):
            await maintenance.connection.execute(
                f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON knowledge_vectors (workspace_id)"
            )
    made = await make(db, large, MODEL)
    assert (made.dropped, bool(made.bytes)) == (1, True)
    async with db.read(large) as read:
        assert [each.valid for each in await store.of_workspace(read)] == [True]


async def test_two_at_a_time(db: Database, large: UUID) -> None:
    async with db.maintenance() as maintenance:
        assert await store.lock(maintenance.connection)
        with pytest.raises(Conflict):
            await make(db, large, MODEL)
        await maintenance.connection.execute("SELECT pg_advisory_unlock_all()")


async def test_vectors_too_long_for_it(
    db: Database, large: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST", 7)
    with pytest.raises(Setup, match="8 numbers"):
        await make(db, large, MODEL)
    monkeypatch.undo()
