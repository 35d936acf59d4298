"""Keys as people paste them."""

from __future__ import annotations

from rejoinder.errors import Setup


def clean_key(key: str | None, setting: str) -> str | None:
    """The key without the line break that copying adds; Setup for one that no header can carry."""
    cleaned = (key or "").strip()
    if not (cleaned.isascii() and cleaned.isprintable()):
        raise Setup(
            f"{setting} holds characters no key has.", mend="Copy it again.", code="bad_key"
        )
    return cleaned or None
