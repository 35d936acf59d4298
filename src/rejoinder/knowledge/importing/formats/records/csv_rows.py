"""CSV and its kin: pairs of question and answer, or one section a row. Commas, semicolons, tabs and bars part cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

from rejoinder.knowledge.importing.formats.model import Read, broken, no_text, too_much
from rejoinder.knowledge.importing.formats.records.faq import asks, columns, sections
from rejoinder.knowledge.importing.formats.text import decode

MOST_COLUMNS = 200
MOST_ROWS = 50_000
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 30
# Longer than any document may be; Python's own limit, 131,072, is shorter than some answers.
_LONGEST_CELL = 2_000_000


def read(data: bytes, told: str | None) -> Read:
    """The first row names the columns, unless it asks a question itself. Raises Invalid."""
    text = decode(data, told).replace("\r\n", "\n").replace("\r", "\n")
    hinted = text.startswith("sep=") and text[5:6] == "\n"  # as spreadsheets write it
    delimiter = text[4] if hinted else _delimiter(text)
    rows = _rows(text[6:] if hinted else text, delimiter)
    if not rows:
        raise no_text()
    header, records = rows[0], rows[1:]
    if len(header) == 2 and columns(header) is None and asks(header[0]):
        header, records = ["question", "answer"], rows
    if not records:
        raise no_text(": it has a header and no rows")
    return Read("", sections(header, records), "csv")


def _rows(text: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > MOST_COLUMNS:
                raise too_much(f"A row has {len(row):,} columns; {MOST_COLUMNS} is the most")
            if any(cell.strip() for cell in row):
                found.append(row)
            if len(found) > MOST_ROWS + 1:
                raise too_much(f"It has more than {MOST_ROWS:,} rows")
    except csv.Error as wrong:
        raise broken("CSV", wrong) from None
    return found


def _delimiter(text: str) -> str:
    """The one that parts most rows of the beginning into the same number of cells, more than one."""
    return max(_DELIMITERS, key=lambda each: _regular(text[:100_000], each))


def _regular(text: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = list(
            islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
        )
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0, 0
    width, times = widths.most_common(1)[0]
    return times, width
