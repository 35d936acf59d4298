"""Word documents: headings, paragraphs, lists and tables in the order they stand."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rejoinder.errors import Invalid
from rejoinder.knowledge.importing.formats.markup import heading, inert, table
from rejoinder.knowledge.importing.formats.model import Read, broken, too_much

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

# The document and its pictures unpacked; a real one of 25 MB holds pictures, which are packed already.
MOST_UNPACKED = 200 * 1024 * 1024
MOST_XML = 40 * 1024 * 1024
_MOST_PARTS = 5_000
_MAIN = "word/document.xml"
_LEVEL = re.compile(r"heading ([1-9])$", re.IGNORECASE)


def read(data: bytes) -> Read:
    """A .docx; the older .doc is refused. Raises Invalid."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise broken(
            "DOCX", "it is of Word 97, or locked with a password; save it as .docx without one"
        )
    _check(data)
    import docx  # 0.2 s

    try:
        document = docx.Document(io.BytesIO(data))
        title = document.core_properties.title or ""
        blocks = list(_blocks(document))
    except Invalid:
        raise
    except Exception as wrong:  # noqa: BLE001 - python-docx trusts what a file says of itself
        raise broken("DOCX", type(wrong).__name__) from None
    first = next((line for line, is_title in blocks if is_title), "")
    return Read(title or first.lstrip("# "), _joined([block for block, _ in blocks]), "docx")


def _check(data: bytes) -> None:
    """Look at the list of contents before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as wrong:
        raise broken("DOCX", f"it is no ZIP: {type(wrong).__name__}") from None
    if _MAIN not in {part.filename for part in parts}:
        raise broken("DOCX", f"it has no {_MAIN}")
    if any(part.flag_bits & 1 for part in parts):
        raise broken("DOCX", "it is locked with a password")
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_much(f"Unpacked it is over {MOST_UNPACKED // 2**20} MiB or {_MOST_PARTS:,} parts")
    if any(part.file_size > MOST_XML for part in parts if part.filename.endswith(".xml")):
        raise too_much(f"Its text unpacked is over {MOST_XML // 2**20} MiB")


def _blocks(document: Document) -> Iterator[tuple[str, bool]]:
    """(Markdown, whether it may be the title) of each paragraph and table."""
    from docx.table import Table

    styles = {style.style_id: style.name or "" for style in document.styles}
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield _table(block), False
        else:
            yield _paragraph(block, styles)


def _paragraph(paragraph: Paragraph, styles: dict[str, str]) -> tuple[str, bool]:
    text = paragraph.text.strip()
    element = paragraph._p  # looking a style up for each paragraph takes seconds
    style = styles.get(element.style or "", "")
    if not text:
        return "", False
    if found := _LEVEL.search(style):
        return heading(int(found[1]), text), True
    if style == "Title":
        return heading(1, text), True
    properties = element.pPr
    if style.startswith("List") or (properties is not None and properties.numPr is not None):
        return f"- {' '.join(text.split())}", False
    return inert(text), False


def _table(found: Table) -> str:
    rows = [[cell.text for cell in _once(row.cells)] for row in found.rows]
    widths = {len(row) for row in rows}
    return table(rows, headed=len(rows) > 1 and len(widths) == 1 and len(rows[0]) > 1)


def _once(cells: tuple[_Cell, ...]) -> list[_Cell]:
    """A merged cell stands in each of its places; once is enough."""
    return [cell for at, cell in enumerate(cells) if at == 0 or cell._tc is not cells[at - 1]._tc]


def _joined(blocks: list[str]) -> str:
    """Blocks with an empty line between, items of one list without."""
    lines: list[str] = []
    for block in filter(None, blocks):
        if lines and not (block.startswith("- ") and lines[-1].startswith("- ")):
            lines.append("")
        lines.append(block)
    return "\n".join(lines)
