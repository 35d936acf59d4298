"""What is written down of a request holds no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

LONGEST = 4096
"""Of a body, in characters: enough to see what was wrong with it."""

# A body may be a file of 100 MB; what is looked through of it is more than is kept.
_LOOKED_AT = 65_536
_SHORTEST_SECRET = 4
"""Shorter ones would hide ordinary words; no platform gives out one."""

_HIDDEN = "•••"
# Names are looked at for so far only: a customer's "tokentokentoken..." of 64 KB would take seconds otherwise.
_AROUND = r"[\w.\-]{0,40}"
_NAMES = rf"{_AROUND}(?:token|secret|password|passwd|authorization|api[_-]?key|appsecret_proof|signature){_AROUND}"
_RULES = (
    (re.compile(r"(/(?:file/)?bot)\d+:[A-Za-z0-9_-]+", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (re.compile(rf"([?&;]{_NAMES}=)[^&\s\"']*", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (re.compile(rf"(^{_NAMES}=)[^&\s\"']*", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (
        re.compile(rf'("{_NAMES}"\s*:\s*")(?:[^"\\]|\\.)*("?)', re.IGNORECASE),
        rf"\1{_HIDDEN}\2",
    ),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {_HIDDEN}"),
)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the secrets, however they are written in it, and without what is named like one."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            for form in _forms(secret):
                text = text.replace(form, _HIDDEN)
    for rule, instead in _RULES:
        text = rule.sub(instead, text)
    return text


def shown(body: bytes, secrets: Iterable[str] = ()) -> str:
    """A body as the log keeps it: redacted, at most 4 KB; of one that is no text only its length."""
    start = body[:_LOOKED_AT]
    try:
        text = start.decode()
    except UnicodeDecodeError as odd:
        if len(start) == len(body) or odd.start < len(start) - 4:
            return f"({len(body)} bytes)"
        text = start[: odd.start].decode()
    text = redacted(text, secrets).replace("\x00", "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(body)} bytes)"


def _forms(secret: str) -> Iterable[str]:
    return dict.fromkeys(
        (
            secret,
            json.dumps(secret)[1:-1],
            quote(secret, safe=""),
            quote_plus(secret),
            quote(secret),
        )
    )
