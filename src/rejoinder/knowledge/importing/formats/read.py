"""Whatever file comes: what it is by its content, its type and its name, and then as Markdown."""

from __future__ import annotations

import re

from rejoinder.errors import Invalid
from rejoinder.knowledge.importing.formats.model import Read, broken, cleaned, no_text
from rejoinder.knowledge.importing.model import Format

MOST_BYTES = 25 * 1024 * 1024
"""Of one file."""

_TYPES: dict[str, Format] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
ENDINGS: dict[str, Format] = {
    "txt": "text",
    "md": "markdown",
    "markdown": "markdown",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "pdf": "pdf",
    "docx": "docx",
}
"""How the names of files end that are read."""

_PAGE = re.compile(
    rb"^[\s\xef\xbb\xbf]*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_OTHERS = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an older Office document; save it as .docx"),
    (b"{\\rtf", "RTF; save it as .docx"),
    (b"\x1f\x8b", "compressed"),
    (b"Rar!", "compressed"),
    (b"7z\xbc\xaf", "compressed"),
    (b"\x7fELF", "a program"),
)


def read(data: bytes, mime_type: str | None, filename: str | None = None) -> Read:
    """The file as Markdown. A parameter `charset` of the type helps where the bytes don't tell.

    Raises Invalid, and nothing else, for whatever can't be read. PDF and DOCX from strangers belong into a process of
    their own: `apart.read_apart`.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(
            f"The file is over {MOST_BYTES // 2**20} MiB.", mend="Send a smaller one.", where="body"
        )
    if not data.strip():
        raise no_text(": it is empty")
    kind, _, parameters = (mime_type or "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.IGNORECASE)
    found = format_of(data, kind, filename)
    return cleaned(_read(found, data, charset[1] if charset else None), filename)


def format_of(data: bytes, mime_type: str | None, filename: str | None) -> Format:
    """By the content where that is certain, else by the type, else by the name. Raises Invalid."""
    told = _TYPES.get((mime_type or "").strip().lower())
    if data.startswith(b"%PDF-") or (told == "pdf" and b"%PDF-" in data[:1024]):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    ending = (filename or "").rpartition(".")[2].lower()
    named = ENDINGS.get(ending) if told in (None, "text") else None
    found = named or told
    if found in ("pdf", "docx"):
        raise broken(found.upper(), "its content is something else")
    other = next((what for sign, what in _OTHERS if data.startswith(sign)), None)
    if other:
        raise broken("text", f"it is {other}")
    if found in (None, "text") and _PAGE.match(data[:4096]):
        return "html"
    return found or "text"


def _read(found: Format, data: bytes, charset: str | None) -> Read:
    from rejoinder.knowledge.importing.formats import docx, html, pdf, text
    from rejoinder.knowledge.importing.formats.records import csv_rows, json_pairs

    if found == "pdf":
        return pdf.read(data)
    if found == "docx":
        return docx.read(data)
    if found == "html":
        return html.read(data, charset)
    if found == "csv":
        return csv_rows.read(data, charset)
    if found == "json":
        return json_pairs.read(data, charset)
    return text.read(data, charset, found)
