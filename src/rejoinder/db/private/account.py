"""Which system user PostgreSQL runs as, and running a program as that user.

PostgreSQL refuses to run as root ("root" execution of the PostgreSQL server is not permitted).
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rejoinder.errors import Setup

_OURS = "rejoinder"
_NEW_USER = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")


@dataclass(frozen=True, slots=True)
class Account:
    """A system user; `switch` says that we are root and must become that user."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    switch: bool


def account_for(cluster: Path, say: Callable[[str], None]) -> Account:
    """The user for this cluster: its owner if it exists, else ourselves, or as root a system user.

    Root takes `postgres` if there is one, else `rejoinder`, made once and announced. Raises Setup.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner != os.geteuid():
            raise Setup(
                f"{cluster} belongs to user {_name(owner)}.",
                mend=f"Run Rejoinder as {_name(owner)} or as root, or set REJOINDER_DATA to "
                "another folder.",
            )
        return Account(_name(os.geteuid()), os.geteuid(), os.getegid(), (), switch=False)
    if owner == 0:
        raise Setup(
            f"{cluster} belongs to root, and PostgreSQL does not run as root.",
            mend=f"Give it to the user it was made by, for example: chown -R postgres {cluster}",
        )
    if owner is not None:
        return _switch_to(_entry(owner))
    for name in ("postgres", _OURS):
        try:
            return _switch_to(pwd.getpwnam(name))
        except KeyError:
            continue
    return _switch_to(_make_user(say))


def blocked(path: Path, account: Account) -> Path | None:
    """The first part of `path` that the user can't pass (a folder) or read (a file), or None."""
    if not account.switch:
        return None
    real = path.resolve()
    for part in (*reversed(real.parents), real):
        found = part.stat()
        needed = stat.S_IXOTH if stat.S_ISDIR(found.st_mode) else stat.S_IROTH
        if not _bits(found, account) & needed:
            return part
    return None


def spawn(account: Account, argv: Sequence[str | Path], output: int) -> subprocess.Popen[bytes]:
    """Start a program as the user, in a session of its own: the terminal's Ctrl-C does not hit it.

    It gets no PG* variable and no locale of ours, and starts in /, which every user can enter.
    Raises Setup if it can't be started.
    """
    try:
        return subprocess.Popen(  # noqa: S603
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            umask=0o077,
            user=account.uid if account.switch else None,
            group=account.gid if account.switch else None,
            extra_groups=account.groups if account.switch else None,
        )
    except (OSError, subprocess.SubprocessError) as wrong:
        raise Setup(
            f"{argv[0]} can't be started as user {account.name}: {wrong}.",
            mend="Check that its folder is not mounted noexec, or set DATABASE_URL.",
        ) from wrong


def run(account: Account, *argv: str | Path) -> tuple[int, str]:
    """Run a program as the user to its end: exit code and what it printed."""
    with spawn(account, argv, subprocess.PIPE) as process:
        printed, _ = process.communicate()
    return process.returncode, printed.decode(errors="replace").strip()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **kept}


def _bits(found: os.stat_result, account: Account) -> int:
    if found.st_uid == account.uid:
        return found.st_mode >> 6
    return found.st_mode >> 3 if found.st_gid in account.groups else found.st_mode


def _make_user(say: Callable[[str], None]) -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    mend = "Run Rejoinder as a normal user, or make a system user `rejoinder`, or set DATABASE_URL."
    if useradd is None:
        raise Setup(
            "PostgreSQL does not run as root, and there is no `useradd` to make it a user.",
            mend=mend,
        )
    shell = next(
        (path for path in ("/usr/sbin/nologin", "/sbin/nologin") if Path(path).exists()),
        "/bin/false",
    )
    made = subprocess.run(  # noqa: S603
        [useradd, *_NEW_USER, "--shell", shell, _OURS], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise Setup(f"The system user `{_OURS}` can't be made: {made.stderr.strip()}.", mend=mend)
    say(f"PostgreSQL does not run as root: made the system user `{_OURS}` for it.")
    return pwd.getpwnam(_OURS)


def _switch_to(entry: pwd.struct_passwd) -> Account:
    groups = tuple(os.getgrouplist(entry.pw_name, entry.pw_gid))
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, groups, switch=True)


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise Setup(
            f"The cluster belongs to user id {uid}, and there is no such user here.",
            mend="Give postgres/18 in the data folder to a user of this machine with chown -R.",
        ) from None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a container that runs as a bare number
        return str(uid)
