"""`rejoinder eval nlu` prints accuracy, macro-F1 and a confusion matrix, and says what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rejoinder.cli.commands import app
from rejoinder.errors import Invalid
from rejoinder.understanding.evaluate import evaluate, load

GOOD = """text,label
I love it,very_positive
This is terrible,very_negative
"A table, please",neutral
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.csv"
    path.write_text(GOOD, encoding="utf-8-sig")
    return path


def test_it_prints_a_table(file: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "nlu", str(file)])
    assert done.exit_code == 0, done.output
    assert "sentiment of 3 messages" in done.output
    assert "macro F1" in done.output
    assert "label / told" in done.output


def test_it_prints_json(file: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "nlu", str(file), "--json"])
    told = json.loads(done.output)
    assert (told["of"], told["examples"], told["steps"]) == ("sentiment", 3, 5)
    assert 0 <= told["macro_f1"] <= 1
    assert sum(sum(row.values()) for row in told["confusion"].values()) == 3


def test_figures_are_those_of_the_definition(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,label\na,question\nb,question\nc,greeting\nd,goodbye\n", "utf-8")
    told = {"a": "question", "b": "greeting", "c": "greeting", "d": "unknown"}
    report = evaluate(load(path), lambda text, _: told[text])
    assert report.accuracy == 0.5
    f1 = {label: score.f1 for label, score in report.scores().items()}
    assert f1 == pytest.approx({"question": 2 / 3, "greeting": 2 / 3, "goodbye": 0.0})
    assert report.macro_f1 == pytest.approx(4 / 9)


def test_three_steps_are_told_in_three(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,label\nI love it,positive\nIt is the worst ever!!!,negative\n", "utf-8")
    report = evaluate(load(path))
    assert report.folded
    assert {told for _, told in report.confusion} <= {"positive", "neutral", "negative"}


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "no rows"),
        (b"text,label\n", "no rows"),
        (b"words,label\na,question\n", "no column 'text'"),
        (b"text,mark\na,question\n", "no column 'label'"),
        (b"text,label\na,\n", "Line 2"),
        (b"text,label\na,happyish\n", "no intents: 'happyish'"),
        (b"text,label\na,positive\nb,sad\n", "no sentiments: 'sad'"),
        (b"text,label\na,positive\nb,question\n", "mixes"),
        (b"text,label\na, b, c\n", "more fields"),
        (b'text,label\n"a,question\n', "no CSV"),
        (b"text,label\n\xff\xfe,question\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes, wrong: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=wrong):
        load(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="can't be read") as told:
        load(tmp_path)
    assert told.value.mend == "Name a CSV file that you may read."


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no file"):
        load(tmp_path / "none.csv")


def test_intents_of_ones_own_are_measured_when_said(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,label\nwhere is my parcel,track_parcel\n", "utf-8")
    assert load(path, of="intent").of == "intent"
