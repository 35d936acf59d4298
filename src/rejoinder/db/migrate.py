"""The schema's version: read it, bring it forward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import asyncpg

from rejoinder.db.pool import connect_once
from rejoinder.errors import Setup

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

Version = Literal["empty", "behind", "current", "unknown"]

_MIGRATIONS = Path(__file__).parent / "migrations"

_MAY_CREATE = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"

_ONE_AT_A_TIME = (
    5_261_891_201  # an advisory lock: two programs started together must not both migrate
)


async def version(dsn: str) -> Version:
    """Where the schema stands against this program; `unknown` is a schema this program has never heard of."""
    connection = await connect_once(dsn, "rejoinder version")
    try:
        found = {
            row[0] for row in await connection.fetch("SELECT version_num FROM alembic_version")
        }
    except asyncpg.UndefinedTableError:
        return "empty"
    finally:
        await connection.close()
    if not found:
        return "empty"
    known = revisions()
    if found == {known[-1]}:
        return "current"
    return "behind" if found <= set(known) else "unknown"


@asynccontextmanager
async def one_at_a_time(dsn: str) -> AsyncIterator[None]:
    """Whoever else migrates this database waits until this is left.

    Raises Setup when the role may not create tables.
    """
    lock = await connect_once(dsn, "rejoinder migrate", limits=False)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _ONE_AT_A_TIME)
        if not await lock.fetchval(_MAY_CREATE):
            raise Setup(
                "This PostgreSQL role may not create tables in the schema public.",
                mend="As its owner run: GRANT CREATE, USAGE ON SCHEMA public TO the role.",
                code="schema_forbidden",
            )
        yield
    finally:
        await lock.close()


async def migrate(dsn: str) -> None:
    """Bring the schema to this program's version, inside `one_at_a_time`; each migration is one transaction.

    Raises Setup when the schema is newer than this program.
    """
    match await version(dsn):
        case "unknown":
            raise newer()
        case "empty" | "behind":
            await _upgrade(dsn)


def revisions() -> list[str]:
    """Every revision of this program, oldest first: the number each file begins with.

    Read from the names, because asking Alembic costs every start 0.8 s of imports.
    """
    return sorted(
        file.name[:4] for file in (_MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")
    )


def newer() -> Setup:
    """The error for a schema made by a later release."""
    return Setup(
        "The database was made by a newer Rejoinder than this one.",
        mend="Start the newer release, or restore a backup made by this one.",
        code="schema_newer",
    )


async def _upgrade(dsn: str) -> None:
    from alembic import command
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), poolclass=NullPool
    )

    def run(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
