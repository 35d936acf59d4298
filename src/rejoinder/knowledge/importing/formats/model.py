"""What a file is as Markdown, and the errors that say why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from rejoinder.errors import Invalid
from rejoinder.knowledge.importing.model import Format

# Everything that is no white space and shows nothing; a form feed parts pages.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff]")
_BLANK = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign not in "\n\f")
_GAPS = re.compile(r"\n{3,}")
_LONGEST_TITLE = 200
_LONGEST = 10_000_000  # characters; no document may have a quarter of it


@dataclass(frozen=True, slots=True)
class Read:
    """A file as Markdown; a form feed begins a new page. `language` is what the file says of itself, ISO 639."""

    title: str
    markdown: str
    format: Format
    language: str | None = None


def cleaned(read: Read, filename: str | None) -> Read:
    """The same without what can't be stored or seen, and with a title. Raises Invalid when no text is left."""
    if len(read.markdown) > _LONGEST:
        raise too_much(f"It has over {_LONGEST:,} characters of text")
    markdown = clean(read.markdown).strip("\n ")
    if not markdown.strip():
        raise no_text()
    title = " ".join(clean(read.title).split()) or stem(filename) or _first_line(markdown)
    return Read(title[:_LONGEST_TITLE].strip(), markdown, read.format, read.language)


def clean(text: str) -> str:
    """Without control characters, halves of surrogates, spaces at the ends of lines and rows of empty lines."""
    text = text.encode("utf-8", "replace").decode("utf-8") if _halves(text) else text
    text = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\x85", "\n")
    )
    # No pattern for the spaces: it would take hours for a row of a million that no line end follows.
    lines = (line.rstrip(_BLANK) for line in _UNSEEN.sub("", text).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines))


def stem(filename: str | None) -> str:
    """A file's name without folders and ending, as a title."""
    name = PurePosixPath((filename or "").replace("\\", "/")).stem
    return " ".join(clean(name).replace("_", " ").split())


def no_text(why: str = "") -> Invalid:
    """There is nothing to find in it."""
    return Invalid(
        f"There is no text in it{why}.",
        mend="Send a file that has text; run text recognition over scanned pages first.",
        where="body",
        code="no_text",
    )


def broken(what: str, why: object = "") -> Invalid:
    """It is not what it is said to be, or is damaged."""
    because = f" ({str(why)[:200]})" if str(why) else ""
    return Invalid(
        f"It can't be read as {what}{because}.",
        mend="Check that the file is whole and opens elsewhere, and that its type is told rightly.",
        where="body",
        code="file_not_readable",
    )


def too_much(what: str) -> Invalid:
    """It is over a limit."""
    return Invalid(
        f"{what}.", mend="Split it into several files.", where="body", code="file_too_complex"
    )


def _halves(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _first_line(markdown: str) -> str:
    return " ".join(markdown.partition("\n")[0].lstrip("#-> ").split()) or "Untitled"
