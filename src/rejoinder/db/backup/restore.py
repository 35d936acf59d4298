"""A backup is put into an empty database, and what came is compared with what was written."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import asyncpg

from rejoinder.db.backup import store
from rejoinder.db.backup.manifest import CHUNK, DUMP, Manifest, Table, read_manifest
from rejoinder.db.backup.programs import environment, running
from rejoinder.db.migrate import newer, revisions
from rejoinder.db.pool import connect_once
from rejoinder.errors import Setup


def readable(file: Path) -> Manifest:
    """The manifest of a backup that this program can restore. Raises Setup."""
    manifest = read_manifest(file)
    if manifest.revision not in revisions():
        raise newer()
    return manifest


async def restore(dsn: str, file: Path, say: Callable[[str], None]) -> Manifest:
    """Put a backup into the empty database of `dsn`, all or nothing; its schema is then as old as the backup.

    Raises Setup when the file is not whole, the database not empty, or what came is not what was written.
    """
    manifest = readable(file)
    connection = await connect_once(dsn, "rejoinder restore", limits=False, settings=store.WRITTEN)
    try:
        await _refuse_filled(connection, manifest)
        say(f"Restoring {manifest.rows:,} rows of {manifest.made_at} …")
        await _feed(dsn, file, manifest)
        say("Counting and checking every table …")
        await _compare(connection, manifest)
    finally:
        with suppress(asyncpg.PostgresError, OSError):
            await connection.close()
    return manifest


async def _refuse_filled(
    connection: asyncpg.Connection[asyncpg.Record], manifest: Manifest
) -> None:
    found = await store.tables(connection)
    if found:
        raise Setup(
            f"The database is not empty: it has {len(found)} tables.",
            mend="Restore into an empty database, or with REJOINDER_DATA naming a new folder. Nothing was changed.",
            code="restore_not_empty",
        )
    schema = await store.current_schema(connection)
    if schema != manifest.schema:
        raise Setup(
            f"The backup is of the schema {manifest.schema!r}; this connection makes its tables in {schema!r}.",
            mend=f"Make the schema {manifest.schema!r} and name it in DATABASE_URL: …?search_path={manifest.schema}",
            code="restore_other_schema",
        )


async def _feed(dsn: str, file: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(file) as archive, archive.open(DUMP) as dump:
        async with running(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--schema={manifest.schema}",
            f"--dbname={environment(dsn)['PGDATABASE']}",  # else it writes SQL to its output
            dsn=dsn,
            feeding=True,
        ) as process:
            assert process.stdin
            while chunk := await asyncio.to_thread(dump.read, CHUNK):
                process.stdin.write(chunk)
                await process.stdin.drain()
            process.stdin.close()
            await process.stdin.wait_closed()


async def _compare(connection: asyncpg.Connection[asyncpg.Record], manifest: Manifest) -> None:
    found: dict[str, Table] = {
        name: await store.checked(connection, name) for name in await store.tables(connection)
    }
    wrong = sorted(
        name
        for name in found.keys() | manifest.tables.keys()
        if found.get(name) != manifest.tables.get(name)
    )
    if wrong:
        raise Setup(
            f"What was restored differs from what was written, in: {', '.join(wrong)}.",
            mend="Don't use this database; restore again into another one, or take another backup.",
            code="restore_differs",
        )
