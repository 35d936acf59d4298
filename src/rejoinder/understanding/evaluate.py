"""How well a source tells sentiment or intent: predictions against a file's labels."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from rejoinder.errors import Invalid
from rejoinder.llm.model import INTENTS, Sentiment
from rejoinder.text import language as detected
from rejoinder.understanding.feeling import sentiment
from rejoinder.understanding.wanting import intent

Of: TypeAlias = Literal["sentiment", "intent"]
Source: TypeAlias = Callable[[str, str], str]
"""(text, language) → label."""

_THREE = {"very_positive": "positive", "very_negative": "negative"}
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Example:
    """One message, the label it should get, and its language (ISO 639-1; "und" to have it told)."""

    text: str
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class File:
    """The examples of a file, what their labels are of, and whether sentiments come in three steps instead of five."""

    examples: tuple[Example, ...]
    of: Of
    folded: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One label's: shares from 0 to 1; `examples` are those that have it."""

    precision: float
    recall: float
    f1: float
    examples: int


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the examples: `confusion` counts (label, prediction)."""

    of: Of
    folded: bool
    labels: tuple[str, ...]
    confusion: dict[tuple[str, str], int]

    @property
    def examples(self) -> int:
        """How many there were."""
        return sum(self.confusion.values())

    @property
    def accuracy(self) -> float:
        """The share that was told right."""
        right = sum(count for (label, told), count in self.confusion.items() if label == told)
        return right / self.examples

    @property
    def macro_f1(self) -> float:
        """The mean of the labels' F1, each label of the file counting the same."""
        scores = self.scores()
        return sum(each.f1 for each in scores.values()) / len(scores)

    def scores(self) -> dict[str, Score]:
        """By label, those of the file only."""
        return {label: self._score(label) for label in self.labels}

    def _score(self, label: str) -> Score:
        right = self.confusion.get((label, label), 0)
        had = sum(count for (which, _), count in self.confusion.items() if which == label)
        told = sum(count for (_, which), count in self.confusion.items() if which == label)
        precision = right / told if told else 0.0
        recall = right / had if had else 0.0
        both = precision + recall
        return Score(precision, recall, 2 * precision * recall / both if both else 0.0, had)


def local(of: Of) -> Source:
    """The rules of this room."""
    if of == "sentiment":
        return lambda text, language: sentiment(text, language)[0]
    return lambda text, language: intent(text, language)[0]


def evaluate(file: File, source: Source | None = None) -> Report:
    """Have every example told by the source, the local one if none is given."""
    tell = source or local(file.of)
    confusion: dict[tuple[str, str], int] = {}
    for example in file.examples:
        told = tell(example.text, example.language)
        told = _THREE.get(told, told) if file.folded else told
        key = (example.label, told)
        confusion[key] = confusion.get(key, 0) + 1
    present = {example.label for example in file.examples}
    known = [each for each in _order(file.of) if each in present]
    return Report(file.of, file.folded, (*known, *sorted(present.difference(known))), confusion)


def load(path: Path, column: str = "label", of: Of | None = None) -> File:
    """Read a CSV with the columns `text`, `label` (or the `column` named) and, if there is one, `language`.

    What the labels are of follows from them, unless it is said. Raises Invalid for a file that can't be read, has no
    such column or no rows, or labels nobody knows.
    """
    rows = _rows(path)
    for needed in ("text", column):
        if needed not in rows[0]:
            raise Invalid(
                f"{path} has no column {needed!r}; it has {', '.join(map(repr, rows[0]))}.",
                mend="The first line names the columns: text,label. --label NAME reads the labels from another.",
                where=needed,
            )
    labels = [str(row[column] or "").strip() for row in rows]
    empty = next((number for number, label in enumerate(labels, 2) if not label), None)
    if empty is not None:
        raise Invalid(f"Line {empty} of {path} has no label.", mend="Give it one.", where=column)
    kind = of or _kind(set(labels), path)
    folded = kind == "sentiment" and not set(labels) & _THREE.keys()
    examples = [
        Example(row["text"] or "", label, _language(row, row["text"] or ""))
        for row, label in zip(rows, labels, strict=True)
    ]
    return File(tuple(examples), kind, folded)


def _language(row: dict[str, str], text: str) -> str:
    return (row.get("language") or "").strip().lower() or detected(text)


def _kind(labels: set[str], path: Path) -> Of:
    sentiments = set(get_args(Sentiment))
    if labels <= sentiments:
        return "sentiment"
    if labels <= set(INTENTS):
        return "intent"
    unknown = sorted(labels - sentiments - set(INTENTS))
    if labels & sentiments and not labels & set(INTENTS):
        raise _unknown(unknown, path, "sentiments", sorted(sentiments))
    if not unknown:
        raise Invalid(
            f"{path} mixes sentiments and intents in one column.",
            mend="Measure them one after the other: one column each, --label NAME.",
        )
    raise _unknown(unknown, path, "intents", list(INTENTS))


def _unknown(unknown: Sequence[str], path: Path, what: str, known: Sequence[str]) -> Invalid:
    return Invalid(
        f"{path} has labels that are no {what}: {', '.join(map(repr, unknown[:5]))}.",
        mend=f"The {what} are {', '.join(known)}. For intents of your own say --of intent.",
        where="label",
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Invalid(f"There is no file {path}.", mend="Name a CSV file.") from None
    except UnicodeDecodeError:
        raise Invalid(f"{path} is not UTF-8.", mend="Save it as UTF-8.") from None
    except OSError as wrong:
        raise Invalid(
            f"{path} can't be read: {wrong.strerror}.", mend="Name a CSV file that you may read."
        ) from None
    csv.field_size_limit(_MOST)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [dict(row) for row in reader]
    except csv.Error as wrong:
        raise Invalid(
            f"{path} is no CSV at line {reader.line_num}: {wrong}.",
            mend='Put texts with commas, quotes or line breaks between quotes: "…".',
        ) from None
    if not rows:
        raise Invalid(f"{path} has no rows.", mend="The first line is text,label; examples follow.")
    wide = next((number for number, row in enumerate(rows, 2) if None in row), None)
    if wide is not None:
        raise Invalid(
            f"Row {wide} of {path} has more fields than the first line has columns.",
            mend='Put texts with commas between quotes: "…".',
        )
    return rows


def _order(of: Of) -> tuple[str, ...]:
    return get_args(Sentiment) if of == "sentiment" else INTENTS
