"""How well sentiment and intent are told on the development messages, which rules and word lists were tuned on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from rejoinder.understanding.feeling import sentiment
from rejoinder.understanding.wanting import intent

_FOLDER = Path(__file__).parent / "development"
_LEAST = 0.75


def _rows(language: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{language}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _macro_f1(told: Sequence[str], right: Sequence[str]) -> float:
    pairs = list(zip(told, right, strict=True))
    scores = []
    for label in {*right}:
        hit = sum(a == b == label for a, b in pairs)
        scores.append(2 * hit / (told.count(label) + right.count(label)))
    return sum(scores) / len(scores)


@pytest.mark.parametrize("language", sorted(path.stem for path in _FOLDER.glob("*.csv")))
def test_macro_f1_of_sentiment_and_intent(language: str) -> None:
    rows = _rows(language)
    felt = _macro_f1(
        [sentiment(row["text"], language)[0] for row in rows], [row["sentiment"] for row in rows]
    )
    wanted = _macro_f1(
        [intent(row["text"], language)[0] for row in rows], [row["intent"] for row in rows]
    )
    print(f"{language}: sentiment {felt:.3f}, intent {wanted:.3f}, {len(rows)} messages")
    assert felt >= _LEAST
    assert wanted >= _LEAST
