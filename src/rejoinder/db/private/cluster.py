"""The cluster on disk: made once, all or nothing, and never by a version that can't read it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass

from rejoinder.db.private.account import Account, blocked, run
from rejoinder.db.private.binaries import Binaries
from rejoinder.db.private.folder import MAJOR, Folder, make_folder, sync_folder, write_secret
from rejoinder.errors import Setup

SUPERUSER = "postgres"
_ROOM = 100_000_000  # bytes; a new cluster takes 40 MB, and its first log file 16 MB more
UPGRADES = ("16",)
"""The older major versions whose programs are at hand."""

# The builtin provider sorts by code point and knows Unicode's letter cases; unlike libc's and ICU's
# its order never changes under an index when the system is upgraded (PostgreSQL documentation,
# "Locale Providers").
_INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth=scram-sha-256",
    f"--username={SUPERUSER}",
    "--no-instructions",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The passwords: of the superuser, and of the role the program works as."""

    superuser: str
    rejoinder: str


def ensure_cluster(
    folder: Folder, account: Account, binaries: Binaries, say: Callable[[str], None]
) -> Keys:
    """Make the cluster unless it is there; its passwords. Raises Setup."""
    try:
        _refuse_other_major(folder)
        make_folder(folder.postgres)
        _refuse_unreachable(folder, account)
        keys = _keys(folder)
        for half in folder.postgres.glob(f".{MAJOR}.*"):  # an initdb that was killed
            shutil.rmtree(half)
        if not folder.cluster.exists():
            _refuse_without_room(folder)
            say(f"Making a private PostgreSQL {folder.major} in {folder.cluster}.")
            _initdb(folder, account, binaries, keys)
    except OSError as wrong:
        raise Setup(
            f"PostgreSQL's folder {folder.postgres} can't be used: {wrong}.",
            mend="Check its owner and the free space, or set REJOINDER_DATA to another folder.",
        ) from wrong
    return keys


def clusters(folder: Folder) -> dict[str, str]:
    """The clusters of the data folder: their folders' names, and the major version that each is of."""
    return {
        path.parent.name: path.read_text().strip()
        for path in sorted(folder.postgres.glob("[0-9]*/PG_VERSION"))
    }


def _refuse_other_major(folder: Folder) -> None:
    if folder.place.startswith("."):
        return  # one in the making
    versions = clusters(folder)
    found = versions.get(folder.place) or next(iter(versions.values()), folder.major)
    if found != folder.major:
        upgrades = found in UPGRADES
        raise Setup(
            f"{folder.postgres} was made by PostgreSQL {found}; this version of Rejoinder runs "
            f"{folder.major}.",
            mend="Run `rejoinder db upgrade`: it makes a new one from it and keeps the old one."
            if upgrades
            else "Use the version of Rejoinder that made it: this one can't upgrade it.",
            code="postgres_other_major",
        )
    if folder.cluster.exists() and folder.place not in versions:
        raise Setup(
            f"{folder.cluster} is no PostgreSQL cluster: it has no PG_VERSION.",
            mend="Put it back from a backup, or move it away to begin with an empty one.",
        )


def _refuse_unreachable(folder: Folder, account: Account) -> None:
    wall = blocked(folder.postgres, account)
    if wall is not None:
        raise Setup(
            f"PostgreSQL does not run as root but as user {account.name}, and that user can't pass "
            f"{wall} on the way to {folder.postgres}.",
            mend="Set REJOINDER_DATA to a folder it can reach, such as /var/lib/rejoinder, or run "
            "Rejoinder as a normal user.",
        )


def _refuse_without_room(folder: Folder) -> None:
    free = shutil.disk_usage(folder.postgres).free
    if free < _ROOM:
        raise Setup(
            f"There are {free / 1e6:.0f} MB free for {folder.postgres}; a new PostgreSQL needs {_ROOM / 1e6:.0f} MB.",
            mend="Make room there, or set REJOINDER_DATA to a folder on another disk.",
            code="disk_full",
        )


def _keys(folder: Folder) -> Keys:
    """The passwords, written before the cluster is made: no cluster is ever without them."""
    try:
        stored = json.loads(folder.keys.read_text())
        return Keys(superuser=str(stored["superuser"]), rejoinder=str(stored["rejoinder"]))
    except FileNotFoundError:
        if folder.cluster.exists():
            raise Setup(
                f"The cluster's passwords are gone: {folder.keys} is missing.",
                mend="Put the file back from a backup.",
            ) from None
    except (ValueError, KeyError, TypeError) as wrong:
        raise Setup(
            f"{folder.keys} can't be read: {wrong}.", mend="Put the file back from a backup."
        ) from wrong
    keys = Keys(superuser=secrets.token_urlsafe(24), rejoinder=secrets.token_urlsafe(24))
    write_secret(folder.keys, json.dumps(asdict(keys)))
    return keys


def _initdb(folder: Folder, account: Account, binaries: Binaries, keys: Keys) -> None:
    stage = folder.postgres / f".{MAJOR}.{os.getpid()}"
    password = stage / "password"
    try:
        stage.mkdir(mode=0o700)
        write_secret(password, keys.superuser)
        if account.switch:
            os.chown(password, account.uid, account.gid)
            os.chown(stage, account.uid, account.gid)
        fresh = stage / "cluster"
        code, printed = run(
            account, binaries.program("initdb"), "--pgdata", fresh, f"--pwfile={password}", *_INITDB
        )
        if code != 0:
            end = "\n".join(printed.splitlines()[-6:])
            raise Setup(
                f"initdb failed in {folder.postgres}:\n{end or f'exit code {code}'}\n",
                mend="Mend what it names; nothing was left behind.",
            )
        fresh.rename(folder.cluster)
        sync_folder(folder.postgres)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
