"""`rejoinder eval knowledge`: a report for people, from a PostgreSQL that lasts as long as the command."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from rejoinder.app.database import bring_forward
from rejoinder.app.sample import sample
from rejoinder.db import connect
from rejoinder.text.thai import warm
from tests.cli.conftest import SECRET, Run, refused
from tests.knowledge.embedders import SIZE, OpenAIEmbeds

LANGUAGES = ["en", "es", "pt", "th", "vi"]


async def test_it_reports_each_language_and_all_of_them(run: Run, tmp_path: Path) -> None:
    ended = await run("eval", "knowledge")
    assert ended.code == 0, ended.err
    head, *rows = ended.out.splitlines()
    assert "recall@1" in head
    questions = {row.split()[0]: int(row.split()[1]) for row in rows}
    assert sorted(questions) == sorted([*LANGUAGES, "all"])
    assert questions["all"] == sum(questions[language] for language in LANGUAGES) == 75
    assert all(row.count("%") == 6 for row in rows)
    assert not (tmp_path / "data").exists(), "it has a database of its own"


async def test_questions_of_ones_own_as_json(run: Run, tmp_path: Path) -> None:
    questions = [
        {"language": "es", "question": "¿Cuánto cuesta el envío?", "document": "delivery.md"},
        {"language": "es", "question": "¿Puedo devolver un producto?", "document": "returns.md"},
        {"language": "en", "question": "when do you open", "document": "opening-hours.md"},
        {"language": "en", "question": "do you rent bicycles"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    ended = await run("eval", "knowledge", str(file), "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert (told["hybrid"], told["embedder"]) == (None, None)
    assert set(told["words"]) == {"all", "es", "en"}
    every = told["words"]["all"]
    assert every["questions"] == 4
    assert every["recall@5"] == every["mrr"] == every["declined"] == 1.0


async def test_with_an_embedder_both_are_told(run: Run) -> None:
    async with OpenAIEmbeds() as stub:
        ended = await run(
            "eval",
            "knowledge",
            "--json",
            OPENAI_API_KEY="sk-test",
            OPENAI_BASE_URL=stub.base_url,
            REJOINDER_EMBEDDER=f"openai:stub@{SIZE}",
        )
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told["embedder"] == f"openai:stub@{SIZE}"
    assert 0 < told["hybrid"]["all"]["mrr"] <= 1
    assert sum(len(texts) for texts in stub.texts) > 60


async def test_without_pgvector_nothing_is_embedded(run: Run, schema_url: str) -> None:
    await bring_forward(schema_url)
    db = await connect(schema_url, size=2)
    await asyncio.to_thread(warm)
    await sample(db)
    await db.close()
    async with OpenAIEmbeds() as stub:
        ended = await run(
            "eval",
            "knowledge",
            "--workspace",
            "demo",
            DATABASE_URL=schema_url,
            REJOINDER_SECRET_KEY=SECRET,
            OPENAI_API_KEY="sk-test",
            OPENAI_BASE_URL=stub.base_url,
            REJOINDER_EMBEDDER=f"openai:stub@{SIZE}",
        )
    assert ended.code == 0, ended.err
    assert "by words alone" in ended.err
    assert "meaning" not in ended.out
    assert stub.requests == []


@pytest.mark.parametrize(
    ("held", "says"), [(None, "can't be read"), ("{}", "no question"), ("", "no question")]
)
async def test_a_file_that_is_none(held: str | None, says: str, run: Run, tmp_path: Path) -> None:
    if held is not None:
        (tmp_path / "q.jsonl").write_text(held, encoding="utf-8")
    refused(await run("eval", "knowledge", "q.jsonl"), says)
