"""PDF: the text of each page, larger letters as headings, without what repeats at the edges of pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rejoinder.errors import Invalid
from rejoinder.knowledge.importing.formats.model import Read, broken, no_text, too_much
from rejoinder.knowledge.importing.formats.pdf_lines import Line, laid_out

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 2_000
MOST_CHARACTERS = 4_000_000
_PROGRAMS = ("microsoft word", "untitled", "layout 1", "powerpoint")


def read(data: bytes) -> Read:
    """Pages parted by form feeds. A file made to harm takes memory and time without bound: see `apart`.

    Raises Invalid, with the code `no_text` for scanned pages.
    """
    import pypdf  # 0.1 s

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of each oddity of each file
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise broken("PDF", "it is locked with a password")
        pages = _pages(reader)
        about = reader.metadata
        title = str(about.title or "") if about else ""
    except (Invalid, MemoryError):
        raise
    except RecursionError:
        raise too_much("Its parts refer to each other without end") from None
    except Exception as wrong:  # noqa: BLE001 - pypdf trusts what a file says of itself
        raise broken("PDF", type(wrong).__name__) from None
    if not any(line.text for page in pages for line in page):
        raise no_text(": its pages are pictures, or empty")
    markdown, first = laid_out(pages)
    return Read(first if _is_no_title(title) else title, markdown, "pdf")


def _pages(reader: PdfReader) -> list[list[Line]]:
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise too_much(f"It has {count:,} pages; {MOST_PAGES:,} is the most")
    pages, characters = [], 0
    for page in reader.pages:
        lines = _lines(page)
        characters += sum(len(line.text) for line in lines)
        if characters > MOST_CHARACTERS:
            raise too_much(f"It has more than {MOST_CHARACTERS:,} characters")
        pages.append(lines)
    return pages


def _lines(page: PageObject) -> list[Line]:
    """The page's lines, each as large as its largest letters."""
    texts: list[str] = [""]
    sizes: list[float] = [0.0]

    def see(
        text: str, outer: Sequence[float], inner: Sequence[float], _font: object, size: float
    ) -> None:
        scale = abs(inner[3] or inner[1]) * abs(outer[3] or outer[1])
        for number, part in enumerate(text.split("\n")):
            if number:
                texts.append("")
                sizes.append(0.0)
            texts[-1] += part
            if part.strip():
                sizes[-1] = max(sizes[-1], size * scale)

    page.extract_text(visitor_text=see)
    return [Line(" ".join(text.split()), size) for text, size in zip(texts, sizes, strict=True)]


def _is_no_title(title: str) -> bool:
    """What programs write there by themselves."""
    plain = title.strip().lower()
    return not plain or plain.startswith(_PROGRAMS) or "." in plain[-5:-2]
