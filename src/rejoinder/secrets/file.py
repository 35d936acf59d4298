"""Files that only their owner can read, written whole or not at all.

`db.private` has a writer of its own: rooms of one line don't import each other, and its folders also belong to the user
that PostgreSQL runs as.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_private(path: Path, text: str) -> None:
    """Put `text` at `path`, mode 0600, in place of what was there. Raises OSError."""
    with _draft(path, text) as draft:
        draft.replace(path)


def create_private(path: Path, text: str) -> None:
    """Put `text` at `path`, mode 0600, unless something is there: of several writers one wins. Raises OSError."""
    with _draft(path, text) as draft, contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)


def _give(path: Path, file: int) -> None:
    """What root writes for a service belongs to the service: to the file's owner, or its folder's."""
    if os.name == "posix" and os.geteuid() == 0:
        owner = (path if path.exists() else path.parent).stat()
        os.fchown(file, owner.st_uid, owner.st_gid)


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """`text` beside `path`, safe from a power cut, as is what is made of it; gone afterwards.

    Its name is random: in containers every process has the number 1, so a draft named by that would meet what a killed
    one left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            _give(path, file)
            os.fsync(file)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder can't be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
