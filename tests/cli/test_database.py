"""`serve` and `migrate` on the operator's own PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.cli.conftest import SECRET, Run, environment, refused
from tests.forks import FORKS, Forked, reading

OWN = {"REJOINDER_SECRET_KEY": SECRET, "PORT": "0", "LOG_LEVEL": "warning"}


async def test_an_empty_database_needs_migrate_and_then_serves(
    run: Run, schema_url: str, tmp_path: Path
) -> None:
    refused(await run("serve", DATABASE_URL=schema_url, **OWN), "rejoinder migrate")
    assert (await run("migrate", DATABASE_URL=schema_url, **OWN)).code == 0
    again = await run("migrate", DATABASE_URL=schema_url, **OWN)
    assert (again.code, again.err) == (0, "")
    await _number_workers_apart(schema_url)
    async with serving(tmp_path, DATABASE_URL=schema_url, **OWN) as (_, greeting):
        assert "curl" in greeting


@pytest.mark.parametrize("command", ["serve", "migrate"])
async def test_a_newer_schema_is_refused(run: Run, schema_url: str, command: str) -> None:
    await _execute(
        schema_url,
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
        "INSERT INTO alembic_version VALUES ('9999')",
    )
    refused(await run(command, DATABASE_URL=schema_url, **OWN), "newer", "backup")


async def test_a_half_migrated_schema_is_refused_until_migrate(run: Run, schema_url: str) -> None:
    assert (await run("migrate", DATABASE_URL=schema_url, **OWN)).code == 0
    await _execute(schema_url, "DROP TABLE pgqueuer CASCADE")
    refused(await run("serve", DATABASE_URL=schema_url, **OWN), "rejoinder migrate")


@pytest.mark.parametrize("command", ["serve", "migrate"])
async def test_a_refused_login_is_told(run: Run, dsn: str, command: str) -> None:
    for wrong in (_as(dsn, user="nobody-at-all"), _as(dsn, database="no_such_database")):
        ended = await run(command, DATABASE_URL=wrong, **OWN)
        refused(ended, "DATABASE_URL")


async def test_a_taken_port_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(await run("serve", PORT=port), port, "another port")


@asynccontextmanager
async def serving(folder: Path, **settings: str) -> AsyncIterator[tuple[Forked, str]]:
    """`serve` in a process of its own, and what it said when it was ready; stopped with SIGTERM after."""
    reads, writes = os.pipe()
    said = await reading(reads)
    try:
        process = await FORKS.start(
            "serve", folder=folder, environment=environment(folder, **settings), stderr=writes
        )
    finally:
        os.close(writes)
    try:
        async with asyncio.timeout(60):
            greeting = (await said.readuntil(b"Ctrl-C.\n")).decode()
        yield process, greeting
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            rest = await said.read()
            await process.wait()
    assert "Traceback" not in rest.decode(), rest.decode().replace("\\n", "\n")
    assert process.returncode == 0


def _as(dsn: str, user: str | None = None, database: str | None = None) -> str:
    url = urlsplit(dsn)
    if user:
        url = url._replace(netloc=f"{user}:wrong@{url.netloc.rpartition('@')[2]}")
    if database:
        url = url._replace(path=f"/{database}")
    return url.geturl()


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def _number_workers_apart(dsn: str) -> None:
    # Workers hold advisory locks by number, which are the whole database's, not the schema's.
    first = 1_000_000 + os.getpid()
    await _execute(dsn, f"ALTER TABLE workers ALTER worker_no RESTART WITH {first}")
