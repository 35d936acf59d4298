"""The folder of the Unix socket: a short path, for the kernel takes 107 bytes (103 on macOS)."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from rejoinder.db.private.account import Account
from rejoinder.db.private.folder import MAJOR, Folder
from rejoinder.errors import Setup

PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"


def socket_folder(folder: Folder, account: Account) -> Path:
    """A 0700 folder of the server's user outside the data folder, the same at each start.

    /tmp is everyone's: a folder that another user made there first is never used, the next name is.
    Root takes /run, where nobody else can be first. Raises Setup when no name is left.
    """
    whose = folder.data if folder.place == MAJOR else folder.cluster  # an upgrade runs others
    name = f"rejoinder-{hashlib.sha256(os.fsencode(whose)).hexdigest()[:12]}"
    bases = [Path("/run"), Path("/tmp")] if os.geteuid() == 0 else [Path("/tmp")]  # noqa: S108
    for base in bases:
        for ending in ("", "-2", "-3", "-4"):
            path = base / (name + ending)
            if claim(path, account):
                return path
    raise Setup(
        f"No folder for PostgreSQL's socket: {bases[-1] / name} can't be made or belongs to "
        "another user.",
        mend=f"Remove it and those beside it, and check that {bases[-1]} is writable.",
    )


def claim(path: Path, account: Account) -> bool:
    """Make `path` if it is missing; whether it is a 0700 folder of the server's user."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if os.geteuid() == 0 and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):
            # Root's own, so made by us a moment ago or by one that was killed right here.
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
            found = path.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == account.uid
        and stat.S_IMODE(found.st_mode) == 0o700
    )


def drop(path: Path) -> None:
    """Remove the folder once PostgreSQL has removed its socket from it."""
    try:
        path.rmdir()
    except OSError:  # not empty: the server still ends, and the next start finds the folder again
        return
