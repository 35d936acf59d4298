"""`rejoinder eval knowledge`: a report for people, from a PostgreSQL that lasts as long as the command."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run

LANGUAGES = ["en", "pt", "th", "vi"]


async def test_it_reports_each_language_and_all_of_them(run: Run, tmp_path: Path) -> None:
    ended = await run("eval", "knowledge")
    assert ended.code == 0, ended.err
    head, *rows = ended.out.splitlines()
    assert "recall@1" in head
    questions = {row.split()[0]: int(row.split()[1]) for row in rows}
    assert sorted(questions) == sorted([*LANGUAGES, "all"])
    assert questions["all"] == sum(questions[language] for language in LANGUAGES) == 60
    assert all(row.count("%") == 5 for row in rows)
    assert not (tmp_path / "data").exists(), "it has a database of its own"
