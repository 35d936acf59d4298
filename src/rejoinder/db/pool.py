"""The pool, and the two ways to it: a transaction or a read, each bound to one workspace.

Stores take a `Tx` to write and a `Read` to read. Both carry the workspace's id, so no store function can be
called without one; maintenance, which looks across workspaces, takes a `Maintenance` instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from pydantic_core import from_json, to_json

from rejoinder.errors import Setup, Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

# A process stopped inside a transaction freezes one conversation for 5 s at most; a waiter gives up after 3 s.
_SESSION = {
    "lock_timeout": "3s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "5s",
    "jit": "off",  # every statement is short: compiling one costs more than running it
    "timezone": "UTC",
}

# No other limit counts the time of a process that was stopped between preparing a statement and running it: it would
# freeze a conversation until it goes on. PostgreSQL has this one since 17.
_BOUNDED = "SET transaction_timeout = '30s'"

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the session ended while asyncpg was setting it up
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,  # too many connections, a full disk
    asyncpg.ReadOnlySQLTransactionError,  # a standby that was not promoted yet
)
"""What asyncpg raises when PostgreSQL is not there."""

_REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,  # a wrong password among them
    asyncpg.InvalidCatalogNameError,
    ValueError,  # an address that can't be read; asyncpg's own configuration errors are of this kind too
)

BUSY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process was stopped inside it
    asyncpg.TransactionTimeoutError,  # or in the middle of a statement
)
"""What PostgreSQL raises when it is there but the transaction lost to another."""


@dataclass(frozen=True, slots=True)
class Read:
    """One connection, one workspace; each statement stands alone."""

    connection: Connection
    workspace_id: UUID


Ended: TypeAlias = Callable[[bool], None]
"""Told how a transaction ended: False where it was rolled back, True where it was, or may have been, committed."""


class Here(Protocol):
    """What can begin work in this process as soon as a transaction is committed, past the queue."""

    def promise(self, lane: str, payload: bytes, priority: int) -> Ended | None:
        """Keep a place for a job that is due at once, to be begun when it ends; None where the queue must have it."""


@dataclass(frozen=True, slots=True)
class Tx(Read):
    """One open transaction, one workspace. Whoever is in `ended` is told how it ended."""

    here: Here | None = None
    ended: list[Ended] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """One connection that may look across workspaces: rescue, sweep, retention, tokens by hash."""

    connection: Connection


class Database:
    """The pool of one process. `connect()` makes it; `close()` ends it. `here` is set by a worker in this process."""

    def __init__(self, dsn: str, pool: asyncpg.Pool[asyncpg.Record], patience: float) -> None:
        self.dsn = dsn
        self.here: Here | None = None
        self._pool = pool
        self._patience = patience

    @asynccontextmanager
    async def transaction(self, workspace_id: UUID) -> AsyncIterator[Tx]:
        """A transaction bound to the workspace; commits on leaving, rolls back on an exception."""
        ended: list[Ended] = []
        committing = False
        try:
            async with self._acquire() as connection, connection.transaction():
                yield Tx(connection, workspace_id, self.here, ended)
                committing = True  # from here on it may have been done, whatever COMMIT says
        finally:
            for told in ended:
                told(committing)

    @asynccontextmanager
    async def statement(self, workspace_id: UUID) -> AsyncIterator[Tx]:
        """For a write of one statement, which is a transaction by itself: BEGIN and COMMIT are saved."""
        async with self._acquire() as connection:
            yield Tx(connection, workspace_id)

    @asynccontextmanager
    async def read(self, workspace_id: UUID) -> AsyncIterator[Read]:
        """A connection for single reads bound to the workspace, without a transaction."""
        async with self._acquire() as connection:
            yield Read(connection, workspace_id)

    @asynccontextmanager
    async def maintenance(self) -> AsyncIterator[Maintenance]:
        """A connection for the named statements that look across workspaces."""
        async with self._acquire() as connection:
            yield Maintenance(connection)

    async def session(
        self, name: str, settings: Mapping[str, str] | None = None
    ) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of its own, outside the pool, for LISTEN and session locks; the caller closes it."""
        return await connect_once(self.dsn, name, settings=settings)

    async def ping(self) -> None:
        """Raises Unavailable when PostgreSQL does not answer."""
        async with self._acquire() as connection:
            await connection.execute("SELECT 1")

    async def close(self) -> None:
        """Close every connection; those in use are waited for 5 s, then cut."""
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def _acquire(self) -> AsyncIterator[Connection]:
        try:
            connection = await self._pool.acquire(timeout=self._patience)
            try:
                yield connection
            finally:
                await self._pool.release(connection)
        except TimeoutError as full:
            _let_through(full)
            raise Unavailable(
                f"No database connection came free or answered within {self._patience:.0f} s.",
                mend="Send the request again, with the same message_id; if it goes on, raise REJOINDER_POOL_SIZE.",
                retry_after=2,
            ) from full
        except AWAY as away:
            _let_through(away)
            raise _full_disk(away) or Unavailable(
                f"PostgreSQL does not answer ({type(away).__name__}).",
                mend="Send the request again, with the same message_id if it has one.",
                retry_after=2,
            ) from away


def _let_through(error: BaseException) -> None:
    """Raise what only looks like an absent database."""
    if isinstance(error, ValueError):
        raise error  # asyncpg's word for an argument of the wrong type: our bug
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        # A rollback that failed while this task was being cancelled must not hide the cancellation.
        raise asyncio.CancelledError from error


async def connect(
    dsn: str,
    *,
    size: int = 4,
    name: str = "rejoinder",
    patience: float = 10,
    lock_timeout: str = "3s",
) -> Database:
    """Open the pool (1 to `size` connections); whoever finds all in use waits `patience` seconds for one.

    `lock_timeout` is how long a statement waits for a row that another transaction holds.

    Raises Unavailable when PostgreSQL is not there.
    """
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            init=_prepare_bounded,
            reset=_keep,
            max_inactive_connection_lifetime=0,
            server_settings={**_SESSION, "lock_timeout": lock_timeout, "application_name": name},
            command_timeout=15,
        )
    except _REFUSED as refused:
        raise _refused(refused) from None
    except AWAY as away:
        raise unreachable(away) from away
    return Database(dsn, pool, patience)


async def connect_once(
    dsn: str, name: str, *, limits: bool = True, settings: Mapping[str, str] | None = None
) -> asyncpg.Connection[asyncpg.Record]:
    """One connection outside any pool; without `limits` its statements may take as long as they need.

    `settings` are PostgreSQL's, for this session.
    """
    session = {**(_SESSION if limits else {"jit": "off", "timezone": "UTC"}), **(settings or {})}
    try:
        connection = await asyncpg.connect(
            dsn, timeout=10, server_settings={**session, "application_name": name}
        )
    except _REFUSED as refused:
        raise _refused(refused) from None
    except AWAY as away:
        raise unreachable(away) from away
    await _prepare(connection)
    return connection


def _full_disk(away: BaseException) -> Unavailable | None:
    if not isinstance(away, asyncpg.DiskFullError):
        return None
    return Unavailable(
        "PostgreSQL's disk is full.",
        mend="Send the request again once the operator has made room; what was acknowledged is safe.",
        retry_after=30,
    )


def _refused(refused: BaseException) -> Setup:
    told = isinstance(refused, asyncpg.ClientConfigurationError) and "IPv6" not in str(refused)
    if isinstance(refused, ValueError) and not told:  # its words may hold a part of the password
        return Setup(
            "DATABASE_URL can't be read as an address.",
            mend="Write special characters of the password as %23 (#), %2F (/), %3F (?), %40 (@), %3A (:).",
            code="database_refused",
        )
    return Setup(
        f"PostgreSQL can't be used with this address: {refused}.",
        mend="Check the user, password, host, port and database in DATABASE_URL.",
        code="database_refused",
    )


def unreachable(away: BaseException) -> Unavailable:
    return _full_disk(away) or Unavailable(
        f"PostgreSQL can't be reached: {away}.",
        mend="Check DATABASE_URL and that the server is up.",
        retry_after=2,
    )


async def _keep(_connection: object) -> None:
    """Send nothing when a connection goes back: asyncpg's own reset is a round trip with four statements.

    So nothing may LISTEN, SET or hold a session lock on a pooled connection; `Database.session` is for that. An open
    transaction is rolled back all the same.
    """


async def _prepare(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode, decoder=from_json, format="text"
    )


async def _prepare_bounded(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await _prepare(connection)
    if connection.get_server_version().major >= 17:
        await connection.execute(_BOUNDED)


def _encode(value: object) -> str:
    # PgQueuer hands over JSON it has already written; we never store a bare string.
    return value if isinstance(value, str) else to_json(value).decode()


async def hang_up(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Close a connection of its own; one that can't be closed within 1 s is cut. Never raises what AWAY names."""
    try:
        await connection.close(timeout=1)
    except AWAY:
        connection.terminate()
