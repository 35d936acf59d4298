"""Files and pages made to take the time or the memory of who reads them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rejoinder.errors import Invalid
from rejoinder.knowledge.chunk import chunk
from rejoinder.knowledge.importing.formats.model import Read, clean, cleaned
from rejoinder.knowledge.importing.formats.read import read
from rejoinder.knowledge.importing.model import Material
from rejoinder.knowledge.ingest import prepare


@pytest.mark.parametrize("unit", [" ", "\t", "\u00a0", " #", "A. ", "\f ", "#"])
def test_a_line_of_a_million_signs_ends(unit: str) -> None:
    body = read(("# x" + unit * (1_000_000 // len(unit)) + "y").encode(), "text/markdown").markdown
    assert prepare(uuid4(), Material("t", body, "s")).chunks


def test_spaces_at_the_ends_of_lines_go_and_pages_stay() -> None:
    assert clean("a \t\n\u00a0b\f \n\n\n\nc") == "a\n\u00a0b\f\n\nc"


def test_a_name_of_a_column_is_not_repeated_at_any_length() -> None:
    header = "H" * 100_000
    as_csv = read(f"{header},b\n1,2\n3,4\n".encode(), "text/csv")
    as_html = read(
        f"<table><tr><th>{header}<th>b<tr><td>1<td>2<tr><td>3<td>4</table>".encode(), "text/html"
    )
    assert len(as_csv.markdown) < 1_000
    assert len(as_html.markdown) < 1_000


def test_a_heading_of_any_length_is_not_repeated_by_its_chunks() -> None:
    chunks = chunk(f"# {'H' * 5_000}\n\n" + "## x\n\nwords\n\n" * 10)
    assert sum(len(each.heading) for each in chunks) < 1_000
    assert sum(each.body.count("H") for each in chunks) == 5_000


def test_a_heading_ends_before_its_closing_signs() -> None:
    headings = [each.heading for each in chunk("# C # #  \na\n# D ##\nb\n# F#\nc")]
    assert headings == ["C #", "D", "F"]


def test_what_is_longer_than_any_book_is_refused() -> None:
    with pytest.raises(Invalid, match="over 10,000,000 characters"):
        cleaned(Read("t", "x" * 10_000_001, "text"), None)
