"""PgQueuer's own tables, brought forward by its own upgrade, on their own connection, outside Alembic."""

from __future__ import annotations

from functools import cache

import asyncpg
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.queries import Queries
from pgqueuer.types import Channel

from rejoinder.db.pool import connect_once

# PgQueuer would read bare CHANNEL, TRIGGER, FUNCTION from the environment: every name is said here.
SETTINGS = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.durable,
    widen_id=True,
)


@cache
def _builders() -> tuple[QueryBuilderEnvironment, QueryQueueBuilder]:
    return QueryBuilderEnvironment(SETTINGS), QueryQueueBuilder(SETTINGS)


def queries(connection: asyncpg.Connection[asyncpg.Record]) -> Queries:
    """PgQueuer's statements over one connection; the builders are shared, so this costs microseconds."""
    return queries_over(AsyncpgDriver(connection))


def queries_over(driver: AsyncpgDriver) -> Queries:
    """The same over a driver of the caller's."""
    environment, queue = _builders()
    return Queries(driver, environment, queue)


async def upgrade(dsn: str) -> None:
    """Install or bring forward PgQueuer's tables."""
    connection = await connect_once(dsn, "rejoinder migrate queue", limits=False)
    try:
        statements = queries(connection)
        if not await statements.schema_is_installed():
            await statements.install()
        await statements.upgrade()
    finally:
        await connection.close()


async def is_current(dsn: str) -> bool:
    """Whether PgQueuer's tables are what this program's PgQueuer expects."""
    connection = await connect_once(dsn, "rejoinder version queue")
    try:
        statements = queries(connection)
        return (
            await statements.schema_is_installed()
            and not (await statements.plan_upgrade()).statements
        )
    finally:
        await connection.close()
