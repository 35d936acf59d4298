"""The private PostgreSQL: what `serve` runs by itself when no DATABASE_URL is set.

data/
├── owner.lock          held by flock for the life of the owner; holds its pid
├── attach.json         0600: how `worker`, `chat`, `doctor`, `migrate` reach the server
├── bin/pg18-<wheel>/   the binaries, only where the server's user can't reach the installed ones
└── postgres/
    ├── 18/             the cluster, 0700, owned by the server's user
    ├── keys.json       0600: the passwords of both roles
    └── server.log      what PostgreSQL says
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from rejoinder.errors import Setup

__all__ = ["HELD", "attach", "attach_lasting", "has_cluster", "own"]

HELD = "data_folder_held"
"""The code of the Setup that `own` raises when another program owns the folder."""


@asynccontextmanager
async def own(
    data: Path, say: Callable[[str], None], *, passing: bool = False
) -> AsyncIterator[str]:
    """Own the private PostgreSQL of `data`: make it if new, start it, yield its DSN, stop it after.

    A server that a killed owner left running is taken over; one that dies meanwhile is started
    again under the same DSN. The role in it owns its database and is no superuser. `say` gets one
    sentence for each thing a person may wonder about; `passing` tells others that it won't last.
    Raises Setup when another program owns the folder, when the server's user can't reach it, when
    it holds another major version, or when PostgreSQL does not start.
    """
    _require_posix()
    from rejoinder.db.private.folder import Folder
    from rejoinder.db.private.owner import hold, published
    from rejoinder.db.private.server import running
    from rejoinder.db.private.start import prepare

    folder = Folder.at(data)
    with hold(folder):
        # Blocks for a second on a new folder: nothing else runs yet, and in a thread it would
        # outlive a cancelled caller and the lock.
        site = prepare(folder, say)
        async with running(site, say) as dsn:
            with published(folder, dsn, passing=passing):
                yield dsn


def attach(data: Path) -> str:
    """The DSN of the private PostgreSQL that a running `serve` owns, from its 0600 file.

    Raises Setup if none is running (tried by connecting, 2 s at most), or if the file is another
    user's.
    """
    _require_posix()
    from rejoinder.db.private.folder import Folder
    from rejoinder.db.private.owner import read_attachment

    return read_attachment(Folder.at(data))


def attach_lasting(data: Path) -> str | None:
    """`attach`, if the owner is a `serve` and not a command that ends in a moment; None where there is none."""
    _require_posix()
    from rejoinder.db.private.folder import Folder
    from rejoinder.db.private.owner import read_lasting

    return read_lasting(Folder.at(data))


def has_cluster(data: Path) -> bool:
    """Whether a private PostgreSQL was made in the folder, of any version. Raises OSError when that can't be seen."""
    try:
        return any(path.name.isdigit() for path in (data.expanduser() / "postgres").iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False


def _require_posix() -> None:
    if sys.platform == "win32":
        raise Setup(
            "The private PostgreSQL runs on Linux and macOS only.",
            mend="Set DATABASE_URL to a PostgreSQL of your own, or run Rejoinder in WSL.",
        )
