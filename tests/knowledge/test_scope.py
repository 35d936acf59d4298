"""What a search looks at: the bot's bases, and the filters; a language without passages; what is known."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot
from rejoinder.db import Database, new_id
from rejoinder.knowledge import ingest, known, search
from rejoinder.knowledge.evaluate import evaluate, fixed, parse


async def _bot(db: Database, workspace_id: UUID, *bases: UUID) -> UUID:
    bot = Bot(bot_id=new_id(), name=f"Bot {new_id()}", persona="", fallback_text="Later.")
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        for base_id in bases:
            await tx.connection.execute(
                "INSERT INTO bot_knowledge VALUES ($1, $2, $3)", workspace_id, bot.bot_id, base_id
            )
    return bot.bot_id


async def _base(db: Database, workspace_id: UUID, name: str) -> UUID:
    base_id = new_id()
    async with db.transaction(workspace_id) as tx:
        await tx.connection.execute(
            "INSERT INTO knowledge_bases (workspace_id, base_id, name) VALUES ($1, $2, $3)",
            workspace_id,
            base_id,
            name,
        )
        await ingest(
            tx, title=name, body=f"{name} grinders are here.", source="page", base_id=base_id
        )
    return base_id


async def _titles(db: Database, workspace_id: UUID, query: str, **more: object) -> list[str]:
    async with db.read(workspace_id) as read:
        found = await search(read, query, **more)  # type: ignore[arg-type]
    return sorted(hit.title for hit in found)


async def test_a_bot_reads_its_bases_only(db: Database, workspace_id: UUID) -> None:
    red, blue = [await _base(db, workspace_id, name) for name in ("Red", "Blue")]
    async with db.transaction(workspace_id) as tx:
        await ingest(tx, title="Nobody's", body="Grinders of no base.", source="page")
    one, both, none = [await _bot(db, workspace_id, *bases) for bases in ([red], [red, blue], [])]
    assert await _titles(db, workspace_id, "grinders", bot_id=one) == ["Red"]
    assert await _titles(db, workspace_id, "grinders", bot_id=both) == ["Blue", "Red"]
    assert await _titles(db, workspace_id, "grinders", bot_id=none) == ["Blue", "Nobody's", "Red"]
    assert await _titles(db, workspace_id, "grinders", bot_id=both, bases=[blue]) == ["Blue"]
    assert await _titles(db, workspace_id, "grinders", bot_id=one, bases=[blue]) == []


async def test_what_is_found_says_where_it_is_from(db: Database, workspace_id: UUID) -> None:
    base_id = await _base(db, workspace_id, "Red")
    async with db.read(workspace_id) as read:
        (hit,) = await search(read, "grinders")
    assert (hit.base_id, hit.source, hit.page) == (base_id, "page", None)


async def test_languages_and_tags(db: Database, shop: UUID) -> None:
    assert "เวลาเปิดร้าน" in await _headings(db, shop, languages=["th"])
    assert "Opening hours" not in await _headings(db, shop, languages=["th", "vi"])
    assert await _headings(db, shop, tags=["none"]) == []


async def _headings(db: Database, workspace_id: UUID, **more: object) -> list[str]:
    async with db.read(workspace_id) as read:
        found = await search(read, "when do you open?", limit=20, **more)  # type: ignore[arg-type]
    return [hit.heading for hit in found]


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("¿A qué hora abren?", "opening-hours.md"),
        ("cuanto cuesta el envio", "delivery.md"),
        ("quiero un reembolso", "returns.md"),
        ("¿puedo pagar con tarjeta?", "payment.md"),
        ("¿tiene garantía?", "warranty.md"),
    ],
)
async def test_a_language_without_passages_finds_the_others(
    db: Database, shop: UUID, question: str, source: str
) -> None:
    async with db.read(shop) as read:
        found = await search(read, question, languages=["en", "th", "vi", "pt"])
    assert found[0].source == f"demo/{source}"


async def test_what_nobody_knows_is_not_known(db: Database, shop: UUID) -> None:
    """Measured: 63 of 65 with an answer, 0 of 10 without."""
    told: dict[bool, list[bool]] = {True: [], False: []}
    async with db.read(shop) as read:
        for question in fixed():
            found = await search(read, question.question)
            told[question.document is not None].append(known(found))
    assert sum(told[True]) >= 62
    assert not any(told[False])


async def test_the_report_tells_the_rank(db: Database, shop: UUID) -> None:
    async with db.read(shop) as read:
        report = await evaluate(read)
    assert report.recall(1) <= report.recall(3) <= report.recall(5) <= 1
    assert report.recall(1) <= report.mrr() <= report.recall(5)
    assert set(report.figures("th")) >= {"recall@5", "mrr"}
    assert report.languages == ["en", "th", "vi", "pt", "es"]


async def test_held_out_questions_without_an_answer(db: Database, shop: UUID) -> None:
    """Measured: 16 of 16 with an answer are known, 1 of 4 without."""
    questions = parse(Path(__file__).with_name("held_out.jsonl").read_text(encoding="utf-8"))
    async with db.read(shop) as read:
        told = [
            (question.document is not None, known(await search(read, question.question)))
            for question in questions
        ]
    assert sum(has == is_known for has, is_known in told) >= 18
