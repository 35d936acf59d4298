"""A backup is put into an empty database, and what came is compared with what was written."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import asyncpg

from rejoinder.db.backup import store
from rejoinder.db.backup.manifest import CHUNK, DUMP, Manifest, Table, read_manifest
from rejoinder.db.backup.programs import running
from rejoinder.db.backup.tunnel import tunnel
from rejoinder.db.migrate import newer, revisions
from rejoinder.db.pool import connect_once, hang_up
from rejoinder.errors import Setup

_HEAD = 8192
_NEWER = b"\nSET transaction_timeout = 0;\n"


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
        async with tunnel(connection) as environment:
            await _feed(environment, file, manifest)
        say("Counting and checking every table …")
        await _compare(connection, manifest)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError) as wrong:
        raise Setup(
            f"PostgreSQL can't be written: {wrong}.",
            mend="Connect as a role that may create tables in an empty database, and try again.",
            code="restore_unwritable",
        ) from wrong
    finally:
        await hang_up(connection)
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


async def _feed(environment: Mapping[str, str], file: Path, manifest: Manifest) -> None:
    """pg_restore writes SQL, psql runs it as one transaction: so it fits servers that are older than they."""
    async with (
        running(
            "psql",
            *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            *("--no-password", "--output=/dev/null"),
            environment=environment,
            fed=True,
        ) as psql,
        running(
            "pg_restore",
            *("--file=-", "--exit-on-error", "--no-owner", "--no-privileges"),
            f"--schema={manifest.schema}",
            environment=environment,
            fed=True,
            heard=True,
        ) as reading,
    ):
        assert psql.stdin
        assert reading.stdin
        assert reading.stdout
        feeding = asyncio.create_task(_read_in(file, reading.stdin))
        try:
            psql.stdin.write(await _head(reading.stdout))
            while chunk := await reading.stdout.read(CHUNK):
                psql.stdin.write(chunk)
                await psql.stdin.drain()
            await feeding
            psql.stdin.close()
        finally:
            feeding.cancel()


async def _read_in(file: Path, writer: asyncio.StreamWriter) -> None:
    with (
        zipfile.ZipFile(file) as archive,
        archive.open(DUMP) as dump,
        suppress(BrokenPipeError, ConnectionResetError),
    ):
        while chunk := await asyncio.to_thread(dump.read, CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The beginning, without the one setting that servers before 17 don't know."""
    head = b""
    while len(head) < _HEAD and (chunk := await reader.read(CHUNK)):
        head += chunk
    return head.replace(_NEWER, b"\n", 1)


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
