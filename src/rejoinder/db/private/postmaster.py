"""The server process: how it is started, found again after its owner was killed, and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from rejoinder.db.private.account import Account, spawn
from rejoinder.db.private.binaries import Binaries
from rejoinder.db.private.folder import Folder
from rejoinder.db.private.sockets import PORT, SOCKET_NAME
from rejoinder.errors import Setup

_LOG_BYTES = 10_000_000  # at a start, a log over this becomes server.log.1

_SETTINGS = {
    "listen_addresses": "",  # no TCP at all
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "huge_pages": "try",
    "fsync": "on",
    "synchronous_commit": "on",  # an acknowledged message survives a power cut
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "10s",  # a new table's statistics come soon: plans are poor without
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Customer text must not reach the log: no statement, no parameter, no DETAIL with key values.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server: our child, or one that was left behind by a killed owner."""

    pid: int
    sockets: Path
    child: subprocess.Popen[bytes] | None

    def alive(self, cluster: Path) -> bool:
        """Whether it still runs; the pid of a dead one may be another program's by now."""
        if self.child is not None:
            return self.child.poll() is None
        return _serves(self.pid, cluster)

    def send(self, number: signal.Signals) -> None:
        """Signal it; one that is gone needs none."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


def launch(
    folder: Folder, account: Account, binaries: Binaries, sockets: Path
) -> tuple[Postmaster, int]:
    """Start PostgreSQL on the cluster, not ready yet; and where in the log it begins to write.

    Raises Setup when it can't be run.
    """
    options: list[str | Path] = [
        part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")
    ]
    argv = [binaries.program("postgres"), "-D", folder.cluster, "-k", sockets, *options]
    log = _open_log(folder)
    try:
        begin = os.fstat(log).st_size
        child = spawn(account, argv, log)
        return Postmaster(child.pid, sockets, child), begin
    finally:
        os.close(log)


def left_behind(cluster: Path) -> Postmaster | None:
    """The server that still runs on this cluster although its owner is gone, or None."""
    lines = _pid_file(cluster)
    if len(lines) < 5 or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    # The file's lines: pid, cluster, start time, port, socket folder (PostgreSQL, pidfile.h).
    return Postmaster(pid, Path(lines[4]), None) if _serves(pid, cluster) else None


def holders(cluster: Path) -> list[int]:
    """The PostgreSQL processes of this cluster: it is the working directory of each."""
    return [pid for pid in psutil.pids() if _serves(pid, cluster)]


def clear_leftovers(cluster: Path) -> None:
    """Remove what a killed server left; only to be called when no process holds the cluster.

    PostgreSQL itself mends a stale pid, but refuses to start when that pid is now another process
    of the same user, and says the same of the socket's lock file.
    """
    lines = _pid_file(cluster)
    if len(lines) >= 5 and lines[4].startswith("/"):
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            with suppress(OSError):  # PostgreSQL says so if it is in its way
                (Path(lines[4]) / name).unlink(missing_ok=True)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def log_tail(folder: Folder, since: int, limit: int = 1500) -> str:
    """What the server wrote to its log after byte `since`, the end of it."""
    with suppress(FileNotFoundError), folder.log.open("rb") as file:
        file.seek(since)
        return file.read()[-limit:].decode(errors="replace").strip()
    return ""


def _open_log(folder: Folder) -> int:
    try:
        if folder.log.exists() and folder.log.stat().st_size > _LOG_BYTES:
            folder.log.replace(folder.log.with_suffix(".log.1"))
        return os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    except OSError as wrong:
        raise Setup(
            f"PostgreSQL's log {folder.log} can't be written: {wrong.strerror}.",
            mend="Check its owner and the free space.",
        ) from wrong


def _pid_file(cluster: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    return []


def _serves(pid: int, cluster: Path) -> bool:
    with suppress(psutil.Error):  # gone, a zombie, or another user's, and that is not ours
        process = psutil.Process(pid)
        return bool(process.name() == "postgres" and process.cwd() == str(cluster))
    return False
