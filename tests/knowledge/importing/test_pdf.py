"""PDF: what a reader sees of it, and files that are none or do harm."""

from __future__ import annotations

import io
import zlib
from uuid import UUID

import pypdf
import pytest

from rejoinder.db import Database
from rejoinder.errors import Invalid
from rejoinder.knowledge import search
from rejoinder.knowledge.importing.formats import read
from rejoinder.knowledge.importing.formats.apart import read_apart
from rejoinder.knowledge.importing.model import Material
from rejoinder.knowledge.ingest import take
from tests.knowledge.importing.pdfs import assembled, pdf

TYPE = "application/pdf"


def handbook() -> bytes:
    """Four pages with a running title, page numbers and headings."""
    words = ["returns", "shipping", "payment", "repairs"]
    return pdf(
        *(
            [
                (9, "Morning Heron handbook"),
                (20, f"About {word}"),
                (10, f"All that we know of {word} and how we deal with it is writ-"),
                (10, f"ten here. Ask us of {word}"),
                (10, "if it is not."),
                (10, f"The end of {word}."),
                (9, f"Page {number} of 4"),
            ]
            for number, word in enumerate(words, 1)
        ),
        title="Handbook",
    )


def test_headings_stay_lines_are_joined_and_edges_go() -> None:
    found = read(handbook(), TYPE)
    assert (found.title, found.format) == ("Handbook", "pdf")
    assert found.markdown.split("\f")[1].strip() == (
        "# About shipping\n\n"
        "All that we know of shipping and how we deal with it is written here. Ask us of shipping if it is not.\n"
        "The end of shipping."
    )


async def test_its_chunks_know_their_pages(db: Database, workspace_id: UUID) -> None:
    found = await read_apart(handbook(), TYPE)
    await take(db, workspace_id, Material(found.title, found.markdown, "h.pdf", format="pdf"))
    async with db.read(workspace_id) as reading:
        hits = await search(reading, "payment")
    assert (hits[0].heading, hits[0].page) == ("About payment", 3)


def test_a_title_of_a_program_is_none() -> None:
    made = pdf([(20, "Opening hours"), (10, "From nine to five.")], title="Microsoft Word - a.docx")
    assert read(made, TYPE, "a.pdf").title == "Opening hours"


def test_pages_without_text_are_told() -> None:
    with pytest.raises(Invalid) as refused:
        read(pdf([], []), TYPE)
    assert refused.value.code == "no_text"


def test_one_with_a_password_is_refused_and_one_that_opens_without_is_read() -> None:
    for password, opens in (("secret", False), ("", True)):
        writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(handbook())))
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
        file = io.BytesIO()
        writer.write(file)
        if opens:
            assert "shipping" in read(file.getvalue(), TYPE).markdown
        else:
            with pytest.raises(Invalid, match="password"):
                read(file.getvalue(), TYPE)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        handbook()[:700],
        handbook()[200:],
        b"%PDF-1.4\n" + b"\x00\xff" * 5000,
        assembled([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"]),
        assembled([b"<</Type/Catalog/Pages 2 0 R>>", b"2 0 R"]),
        assembled([b"[" * 3000 + b"]" * 3000]),
    ],
    ids=["head", "cut", "tail", "rubbish", "a loop", "itself", "deep"],
)
def test_what_is_no_whole_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read(data, TYPE)


async def test_one_that_fills_memory_is_refused() -> None:
    bomb = zlib.compress(bytes(180_000_000), 9)
    made = assembled(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(bomb), bomb),
        ]
    )
    with pytest.raises(Invalid):
        await read_apart(made, TYPE, memory=400 * 1024 * 1024)


async def test_one_that_takes_for_ever_is_refused() -> None:
    page = [(10, f"Line {number} of very many.") for number in range(3000)]
    with pytest.raises(Invalid, match="takes"):
        await read_apart(pdf(*[page] * 30), TYPE, seconds=0.5)
