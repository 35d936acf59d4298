"""What a backup says of itself."""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from rejoinder.errors import Setup

DUMP = "database.dump"
MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20

# What reading a damaged ZIP, and JSON in it, raises.
_UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    RuntimeError,  # NotImplementedError and RecursionError are of this kind
)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, and a checksum that is the same for the same rows in any order."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`schema` is PostgreSQL's, `revision` the last migration; `made_at` is RFC 3339."""

    format: int
    rejoinder: str
    postgresql: str
    made_at: str
    schema: str
    revision: str
    dump_sha256: str
    tables: dict[str, Table]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables.values())

    def written(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=1)


def read_manifest(file: Path) -> Manifest:
    """The manifest of a whole backup: its dump is there, and is what was written. Raises Setup."""
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(MANIFEST))
            if told.get("format") != FORMAT:
                raise _unusable(file, f"its format is {told.get('format')!r}, not {FORMAT}")
            told["tables"] = {name: Table(**table) for name, table in told["tables"].items()}
            manifest = Manifest(**told)
            digest = sha256()
            with archive.open(DUMP) as dump:
                while chunk := dump.read(CHUNK):
                    digest.update(chunk)
    except FileNotFoundError:
        raise Setup(f"There is no file {file}.", mend="Name the backup to restore.") from None
    except _UNREADABLE as wrong:
        raise _unusable(file, str(wrong)) from wrong
    if digest.hexdigest() != manifest.dump_sha256:
        raise _unusable(file, "its content is not what was written")
    return manifest


def _unusable(file: Path, why: str) -> Setup:
    return Setup(
        f"{file} is no whole backup of Rejoinder: {why}.",
        mend="Take another copy of it, or another backup. Nothing was changed.",
        code="backup_unusable",
    )
