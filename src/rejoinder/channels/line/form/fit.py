"""Texts as long as LINE takes them.

Source: LINE Developers, "Character counting in a text": UTF-16 code units, but labels, and the texts and titles of
templates, are counted in grapheme clusters.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.channels.line.errors import Unsendable
from rejoinder.channels.text.split import count, shorten
from rejoinder.text.graphemes import boundary

TEXT: Final = 5000  # a text message
ALT_TEXT: Final = (
    400  # told to be 1,500 since 2025, which no description that we could read confirms
)
LABEL: Final = 20
SPOKEN: Final = 300  # what a tap writes into the chat in the customer's name
ADDRESS: Final = 2000  # of a file
LINK: Final = 1000  # behind a button
_OPENED: Final = frozenset({"http", "https", "line", "tel"})


def clusters(text: str) -> int:
    """How many characters a reader sees."""
    return len(_ends(text))


def units(text: str) -> int:
    """How many UTF-16 code units it has."""
    return count(text, "utf16")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters as a reader sees them; what was longer ends in an ellipsis."""
    ends = _ends(text)
    return text if len(ends) <= limit else text[: ends[limit - 2]].rstrip() + "…"


def cut_units(text: str, limit: int) -> str:
    """At most `limit` UTF-16 code units, no character broken; what was longer ends in an ellipsis."""
    return shorten(text, limit, "utf16")


def address(url: str) -> str | None:
    """A file's address as LINE takes it; None where it would not: it fetches by https only."""
    encoded = _ascii(url)
    return encoded if urlsplit(url).scheme == "https" and len(encoded) <= ADDRESS else None


def link(url: str) -> str:
    """What a button opens. Raises Unsendable for what LINE opens not."""
    encoded = _ascii(url)
    if urlsplit(url).scheme not in _OPENED:
        raise Unsendable(
            f"a button opens {url[:80]!r}; LINE opens http, https, line and tel addresses only"
        )
    if len(encoded) > LINK:
        raise Unsendable(f"a button's address has {len(encoded)} characters; LINE takes {LINK}")
    return encoded


def size(contents: JsonValue) -> int:
    """Bytes as JSON."""
    return len(to_json(contents))


def _ends(text: str) -> list[int]:
    """Where each character ends. With a space before it, as `boundary` looks at no place before the second."""
    padded = f" {text}"
    return [at for at in range(1, len(text) + 1) if boundary(padded, at + 1) == at + 1]


def _ascii(url: str) -> str:
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")
