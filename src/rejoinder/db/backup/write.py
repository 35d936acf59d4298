"""A backup is written: one snapshot, whole or not at all."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

import asyncpg

from rejoinder import __version__
from rejoinder.db.backup import store
from rejoinder.db.backup.manifest import CHUNK, DUMP, FORMAT, MANIFEST, Manifest
from rejoinder.db.backup.programs import running
from rejoinder.db.backup.tunnel import tunnel
from rejoinder.db.pool import connect_once, hang_up
from rejoinder.errors import Setup

_SAY_EACH_S = 5.0
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Written:
    """A backup that was written."""

    file: Path
    bytes: int
    manifest: Manifest


async def backup(dsn: str, file: Path, say: Callable[[str], None]) -> Written:
    """Write the database to a new file of mode 0600. Raises Setup; then there is no file."""
    with _new_file(file) as opened:
        manifest = await _write(dsn, opened, say)
        size = opened.tell()
    return Written(file, size, manifest)


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """What is written to it is at `file` once this was left without an error. Raises Setup."""
    if file.exists():
        raise Setup(f"{file} exists already.", mend="Name another file with --out.")
    partial = file.with_name(f".{file.name}.{secrets.token_hex(6)}{_PARTIAL}")
    try:
        for stale in file.parent.glob(f".{file.name}.*{_PARTIAL}"):
            _remove_unless_held(stale)
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as opened:
                fcntl.flock(opened, fcntl.LOCK_EX)  # until the end, however it comes
                yield opened
                opened.flush()
                os.fsync(opened.fileno())
            os.link(partial, file)  # unlike a rename, this never replaces what came meanwhile
        finally:
            partial.unlink(missing_ok=True)
    except OSError as wrong:
        raise Setup(
            f"The backup can't be written to {file}: {wrong.strerror or wrong}.",
            mend="Name a folder with room in it with --out. Nothing was left behind.",
            code="backup_unwritable",
        ) from wrong


def _remove_unless_held(partial: Path) -> None:
    """What a killed backup left: it holds customers' words."""
    with suppress(OSError), partial.open("rb") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        partial.unlink()


async def _write(dsn: str, opened: IO[bytes], say: Callable[[str], None]) -> Manifest:
    connection = await connect_once(dsn, "rejoinder backup", limits=False, settings=store.WRITTEN)
    try:
        async with (
            tunnel(connection) as environment,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            snapshot, schema, server = await store.export_snapshot(connection)
            revision = await store.revision(connection)
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as archive:
                say("Writing the database …")
                with archive.open(DUMP, "w", force_zip64=True) as member:
                    digest = await _dump(environment, snapshot, schema, member, say)
                say("Counting and checking every table …")
                tables = {
                    name: await store.checked(connection, name)
                    for name in await store.tables(connection)
                }
                manifest = Manifest(
                    FORMAT, __version__, server, made_at, schema, revision, digest, tables
                )
                archive.writestr(MANIFEST, manifest.written())
            return manifest
    except asyncpg.UndefinedTableError:
        raise Setup(
            "This database holds no Rejoinder.",
            mend="Check DATABASE_URL or REJOINDER_DATA: there is nothing to back up.",
            code="backup_of_nothing",
        ) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError) as wrong:
        raise Setup(
            f"PostgreSQL can't be read: {wrong}.",
            mend="Connect as the role that owns the tables, and try again. Nothing was left behind.",
            code="backup_unreadable",
        ) from wrong
    finally:
        await hang_up(connection)


async def _dump(
    environment: Mapping[str, str],
    snapshot: str,
    schema: str,
    member: IO[bytes],
    say: Callable[[str], None],
) -> str:
    """Let pg_dump write into the archive; the SHA-256 of what it wrote."""
    loop, digest, size = asyncio.get_running_loop(), sha256(), 0
    told = loop.time()
    async with running(
        "pg_dump",
        "--format=custom",
        f"--snapshot={snapshot}",
        f"--schema={_pattern(schema)}",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--no-password",
        environment=environment,
        heard=True,
    ) as process:
        assert process.stdout
        while chunk := await process.stdout.read(CHUNK):
            digest.update(chunk)
            member.write(chunk)
            size += len(chunk)
            if loop.time() - told > _SAY_EACH_S:
                told = loop.time()
                say(f"… {size / 1e6:,.0f} MB so far")
    return digest.hexdigest()


def _pattern(schema: str) -> str:
    """The schema as pg_dump's pattern for exactly that name."""
    return '"' + schema.replace('"', '""') + '"'
