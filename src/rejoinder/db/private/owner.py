"""One owner a data folder, and the file through which others find what it runs."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from rejoinder.db.private import HELD
from rejoinder.db.private.folder import Folder, make_folder, write_secret
from rejoinder.db.private.sockets import SOCKET_NAME
from rejoinder.errors import Setup

# A PostgreSQL server answers an SSLRequest with one byte before anything else
# (PostgreSQL documentation, "Message Formats", SSLRequest).
_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
_ANSWER_SECONDS = 2.0


@contextmanager
def hold(folder: Folder) -> Iterator[None]:
    """Hold the folder's lock; the kernel frees it however we end. Raises Setup if it is held."""
    descriptor = _open_lock(folder)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0).decode().strip()
            raise Setup(
                f"Another Rejoinder (process {pid or '?'}) runs the PostgreSQL in {folder.data}.",
                mend="Stop that one first, or give this one its own folder with REJOINDER_DATA.",
                code=HELD,
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open_lock(folder: Folder) -> int:
    try:
        make_folder(folder.data)
        return os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as wrong:
        raise Setup(
            f"The data folder {folder.data} can't be used: {wrong.strerror} ({wrong.filename}).",
            mend="Make it writable for the user who runs Rejoinder, or set REJOINDER_DATA to "
            "another folder.",
        ) from wrong


@contextmanager
def published(folder: Folder, dsn: str, *, passing: bool) -> Iterator[None]:
    """Let others attach while this lasts; `passing` is a command that ends in a moment."""
    told = {"dsn": dsn, "pid": os.getpid(), "passing": passing}
    write_secret(folder.attach, json.dumps(told))
    try:
        yield
    finally:
        folder.attach.unlink(missing_ok=True)


def read_attachment(folder: Folder) -> str:
    """The DSN in the attach file, once its server has answered. Raises Setup."""
    try:
        dsn = str(json.loads(folder.attach.read_text())["dsn"])
    except (FileNotFoundError, NotADirectoryError):
        raise _none_running(folder) from None
    except PermissionError:
        raise Setup(
            f"{folder.attach} belongs to another user.",
            mend="Run this command as the user who runs `rejoinder serve`, or set DATABASE_URL.",
        ) from None
    except (ValueError, KeyError, TypeError) as wrong:
        raise Setup(
            f"{folder.attach} can't be read: {wrong}.",
            mend="Start `rejoinder serve` again: it writes it anew.",
        ) from wrong
    if not _answers(socket_of(dsn)):
        raise _none_running(folder)
    return dsn


def read_lasting(folder: Folder) -> str | None:
    """The DSN of the attach file, if its owner lasts. Raises Setup as `read_attachment` does, but for no file."""
    try:
        passing = bool(json.loads(folder.attach.read_text()).get("passing"))
    except (FileNotFoundError, ValueError):
        return None  # the owner is starting, or has just ended
    except PermissionError:
        passing = False
    return None if passing else read_attachment(folder)


def socket_of(dsn: str) -> Path:
    """The socket's path of a DSN that `own` made."""
    return Path(parse_qs(urlsplit(dsn).query).get("host", [""])[0]) / SOCKET_NAME


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_ANSWER_SECONDS)
        try:
            client.connect(str(path))
            client.sendall(_SSL_REQUEST)
            return client.recv(1) in {b"N", b"S"}
        except OSError:
            return False


def _none_running(folder: Folder) -> Setup:
    return Setup(
        f"No private PostgreSQL is running for {folder.data}.",
        mend="Start `rejoinder serve` with the same REJOINDER_DATA first, or set DATABASE_URL.",
    )
