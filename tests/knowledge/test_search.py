"""Search in the demo shop, in five languages."""

from pathlib import Path
from uuid import UUID

import pytest

from rejoinder.db import Database
from rejoinder.knowledge import Found, ingest, search
from rejoinder.knowledge.evaluate import Report, evaluate, fixed, parse


async def _search(db: Database, workspace_id: UUID, query: str) -> list[Found]:
    async with db.read(workspace_id) as read:
        return await search(read, query)


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("when do you open?", "Opening hours"),
        ("เปิดกี่โมงคะ", "เวลาเปิดร้าน"),
        ("mấy giờ mở cửa ạ", "Giờ mở cửa"),
        ("may gio mo cua a", "Giờ mở cửa"),
        ("que horas abre?", "Horário de funcionamento"),
        ("quanto é o frete", "Frete"),
        ("devolucoes", "Devoluções"),
        ("¿a qué hora abren?", "Horario de apertura"),
        ("gastos de envio", "Gastos de envío"),
        ("gooseneck kettles?", "Kettles and drippers"),
    ],
)
async def test_the_best_chunk(db: Database, shop: UUID, query: str, heading: str) -> None:
    assert (await _search(db, shop, query))[0].heading == heading


async def test_each_question_of_a_burst_brings_its_chunk(db: Database, shop: UUID) -> None:
    found = await _search(db, shop, "do you take mastercard?\nhow much is the hand grinder?")
    assert {hit.heading for hit in found[:2]} == {"Ways to pay", "Grinders"}


@pytest.mark.parametrize("query", ["", "?", "🙂", "the of and", "zzzz qqqq", "' \\ : & |"])
async def test_nothing_to_find_finds_nothing(db: Database, shop: UUID, query: str) -> None:
    assert await _search(db, shop, query) == []


async def test_scores_are_shares(db: Database, shop: UUID) -> None:
    for question in fixed():
        for hit in await _search(db, shop, question.question):
            assert 0 < hit.score <= 1


async def test_a_document_in_one_language_is_found_from_another(
    db: Database, workspace_id: UUID
) -> None:
    async with db.transaction(workspace_id) as tx:
        await ingest(tx, title="Fees", body="Delivery costs 50 baht.", source="fees")
        await ingest(tx, title="Care", body="Brush the grinder once a month.", source="care")
    assert (await _search(db, workspace_id, "ค่าส่งเท่าไหร่คะ"))[0].title == "Fees"


async def test_the_fixed_questions(db: Database, shop: UUID) -> None:
    """Floors a little under what was measured.

    Of the 60 in four languages recall 94/100 %, answered 94 %, false 3 %, as before Spanish stood beside them. Of the
    15 in Spanish, written before anything was tuned for them: 77/92 %, answered 77 %.
    """
    async with db.read(shop) as read:
        whole = await evaluate(read)
    assert len(whole.outcomes) == 75
    assert len(whole.lines()) == 7
    report = Report(tuple(each for each in whole.outcomes if each.question.language != "es"))
    assert report.recall(1) >= 0.92
    assert report.recall(3) >= 0.97
    assert report.answered() >= 0.88
    assert report.false_answers() <= 0.05
    assert whole.recall(1, "es") >= 0.69
    assert whole.recall(3, "es") >= 0.92
    assert whole.answered("es") >= 0.69


async def test_a_shared_word_brings_ones_own_language_first(
    db: Database, workspace_id: UUID
) -> None:
    """Twenty Spanish texts hold the Portuguese question's words; they must not take all places."""
    async with db.transaction(workspace_id) as tx:
        for at in range(20):
            await ingest(
                tx,
                title=f"Nota {at}",
                body=f"El café abre para ti, y la tienda abre contigo en la ciudad {at}.",
                source=f"es{at}",
            )
        await ingest(
            tx, title="Loja", body="O café abre para você, e a loja não fecha à noite.", source="pt"
        )
    found = await _search(db, workspace_id, "vocês não abrem o café à noite?")
    assert found[0].title == "Loja"


@pytest.mark.parametrize(
    ("name", "answered", "false"), [("development", 0.75, 0.1), ("held_out", 0.85, 0.1)]
)
async def test_other_questions(
    db: Database, shop: UUID, name: str, answered: float, false: float
) -> None:
    """`development` was looked at while search was built (measured: 81 % answered, 5 % false).

    `held_out` was written when rules and thresholds stood, and nothing changed for it (100 %, 5 %).
    """
    questions = Path(__file__).with_name(f"{name}.jsonl").read_text(encoding="utf-8")
    async with db.read(shop) as read:
        report = await evaluate(read, parse(questions))
    assert report.recall(3) >= 0.9
    assert report.answered() >= answered
    assert report.false_answers() <= false
