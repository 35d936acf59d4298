"""Migrated private PostgreSQLs: one is made, each further one is a copy of its folder.

To make one takes two seconds of a core, a copy and a start a fifth of one.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rejoinder.app.database import bring_forward
from rejoinder.db.private import own


class Clusters:
    """The folder that is copied; made when the first copy is wanted."""

    def __init__(self) -> None:
        self._top: Path | None = None

    async def settle(self, data: Path) -> None:
        """Make `data` the data folder of a stopped, migrated PostgreSQL. Every user must get to it."""
        if self._top is None:
            top = _open_folder()
            try:
                async with own(top / "data", lambda _: None) as dsn:
                    await bring_forward(dsn)
            except BaseException:
                shutil.rmtree(top, ignore_errors=True)
                raise
            self._top = top
        # Its files keep their owner, who as root is another user.
        subprocess.run(["cp", "-a", self._top / "data", data], check=True)

    def end(self) -> None:
        """Remove it."""
        if self._top is not None:
            shutil.rmtree(self._top, ignore_errors=True)


CLUSTERS = Clusters()
"""Those of this process; `conftest.py` ends them."""


@asynccontextmanager
async def migrated() -> AsyncIterator[str]:
    """The DSN of one of its own, stopped and removed after."""
    top = _open_folder()
    try:
        await CLUSTERS.settle(top / "data")
        async with own(top / "data", lambda _: None) as dsn:
            yield dsn
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _open_folder() -> Path:
    top = Path(tempfile.mkdtemp(prefix="rejoinder-test-"))
    top.chmod(0o755)  # as root the server runs as another user, who must get in
    return top
