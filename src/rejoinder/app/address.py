"""Where the server of a data folder listens, left there for this machine's own tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def published(data: Path, url: str) -> Iterator[None]:
    """Let `rejoinder chat` find the server while this lasts."""
    path = _path(data)
    path.write_text(url + "\n", encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def address_in(data: Path) -> str | None:
    """The address of the server that runs on this data folder, if one left it there."""
    with suppress(OSError, UnicodeDecodeError):
        return _path(data).read_text(encoding="utf-8").strip() or None
    return None


def _path(data: Path) -> Path:
    return data / "url"
