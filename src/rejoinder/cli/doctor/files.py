"""The data folder: whether it is there, who may read it, how much room is left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from rejoinder.app.tokens.file import token_path
from rejoinder.cli.doctor.report import Finding
from rejoinder.db.private import has_cluster
from rejoinder.db.private.folder import Folder
from rejoinder.secrets.keys import FILE as KEY_FILE
from rejoinder.settings import Settings

_LITTLE = 1_000_000_000  # bytes; PostgreSQL's log alone may take as much (max_wal_size)
_TOO_LITTLE = (
    100_000_000  # bytes; below it PostgreSQL stops within minutes, and a new one is not made
)


def folder(settings: Settings) -> list[Finding]:
    """Whether there is a data folder, and whether it can be used."""
    data, private = settings.data, settings.dsn is None
    if not data.exists() or (private and not has_cluster(data)):
        told = f"{data}: nothing here yet."
        if not private:
            return [Finding("data folder", "ok", f"{told} `rejoinder serve` makes it.")]
        mend = "`rejoinder serve` makes it; if it should be there, check REJOINDER_DATA."
        return [Finding("data folder", "warning", told, mend)]
    if not data.is_dir() or not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return [
            Finding(
                "data folder",
                "wrong",
                f"{data} can't be read and written by this user.",
                "Run this as the user who runs Rejoinder, or name another folder with REJOINDER_DATA.",
            )
        ]
    return [Finding("data folder", "ok", str(data))]


def room(settings: Settings) -> list[Finding]:
    """How much room is left on the disks of the data folder and of the private PostgreSQL in it."""
    at = Folder.at(settings.data)
    places = [at.data, *((at.cluster, at.cluster / "pg_wal") if settings.dsn is None else ())]
    disks: dict[int, Path] = {}
    for place in places:
        there = _there(place)
        disks.setdefault(there.stat().st_dev, there)
    return [judge_room(path, shutil.disk_usage(path).free) for path in disks.values()]


def judge_room(path: Path, free: int) -> Finding:
    """`free` bytes that a normal user may still write on the disk of `path`."""
    told = f"{free / 1e9:,.1f} GB free" if free >= 1e9 else f"{free / 1e6:,.0f} MB free"
    told = f"{told} for {path}."
    mend = "Make room there: when the disk is full, no message is taken in."
    if free < _TOO_LITTLE:
        return Finding("disk", "wrong", told, mend)
    return Finding("disk", "warning", told, mend) if free < _LITTLE else Finding("disk", "ok", told)


def permissions(settings: Settings) -> list[Finding]:
    """Whether other users can read secrets, or put files of theirs in place of ours."""
    if os.name != "posix" or not settings.data.is_dir():
        return []
    open_ = [*_open_folder(settings.data), *_open_files(settings.data)]
    return open_ or [
        Finding("permissions", "ok", f"No other user can read secrets in {settings.data}.")
    ]


def _open_folder(data: Path) -> Iterator[Finding]:
    mode = data.stat().st_mode & 0o7777
    if mode & 0o022:
        yield Finding(
            "permissions",
            "wrong" if mode & 0o002 else "warning",  # a group may be the user's own
            f"Other users may write in {data} (mode {mode:04o}): they can replace its files.",
            f"Run: chmod go-w {data}",
        )


def _open_files(data: Path) -> Iterator[Finding]:
    at = Folder.at(data)
    token = token_path(data)
    after = {
        data / KEY_FILE: "run `rejoinder secrets rotate --forget` next: open chat pages begin anew",
        token: f"remove it and restart `rejoinder serve`: it writes {token.name} anew, and the old one ends",
        at.attach: "restart `rejoinder serve`",
        at.keys: "they could act as the database's superuser: look who is on this machine",
    }
    for file, then in after.items():
        try:
            mode = file.stat().st_mode & 0o777
        except (FileNotFoundError, NotADirectoryError):
            continue
        if mode & 0o077:
            yield Finding(
                "permissions",
                "wrong",
                f"{file} is open to other users (mode {mode:04o}).",
                f"Run: chmod 600 {file}. If others may have read it, {then}.",
            )


def _there(place: Path) -> Path:
    """The place, or the part of the way to it that exists and can be seen."""
    for part in (place, *place.parents):
        try:
            part.stat()
        except OSError:
            continue
        return part
    return Path("/")
