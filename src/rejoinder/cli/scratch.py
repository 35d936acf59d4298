"""A private PostgreSQL that lasts as long as one command."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rejoinder.db.private import own


@asynccontextmanager
async def scratch_postgres() -> AsyncIterator[str]:
    """The DSN of an empty database, deleted on leaving."""
    folder = _folder()
    try:
        async with own(folder / "data", lambda _: None) as dsn:
            yield dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rejoinder-scratch-"))
    folder.chmod(0o755)  # as root the server runs as another user, who must get in
    return folder
