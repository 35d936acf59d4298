"""The PostgreSQL server: version, encoding, extension, role, connections, clock; facts read, then judged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from rejoinder.cli.doctor import store
from rejoinder.cli.doctor.report import Finding
from rejoinder.cli.serve.fleet import OF_A_SERVER, OF_A_WORKER
from rejoinder.db import Connection, hang_up
from rejoinder.db.pool import connect_once
from rejoinder.settings import Settings

_OLDEST = 15
_DRIFT, _FAR_DRIFT = timedelta(seconds=2), timedelta(seconds=30)


async def server(dsn: str, settings: Settings) -> list[Finding]:
    """What there is to say of the server. Raises Setup or Unavailable when it can't be reached."""
    async with _connection(dsn) as connection:
        return judge_server(await store.server(connection), private=settings.dsn is None)


async def connections(dsn: str, settings: Settings) -> list[Finding]:
    """Whether there are connections enough."""
    async with _connection(dsn) as connection:
        return [judge_connections(await store.connections(connection), settings.pool_size)]


async def clock(dsn: str) -> list[Finding]:
    """Whether its clock is this machine's."""
    async with _connection(dsn) as connection:
        await store.clock(connection)  # the first time a statement is also prepared
        before = datetime.now(UTC)
        theirs = await store.clock(connection)
        return [judge_clock(theirs, before, datetime.now(UTC))]


@asynccontextmanager
async def _connection(dsn: str) -> AsyncIterator[Connection]:
    connection = await connect_once(dsn, "rejoinder doctor")
    try:
        yield connection
    finally:
        await hang_up(connection)


def judge_server(found: store.Server, *, private: bool) -> list[Finding]:
    """Version, standby, encoding, role, extension."""
    odd = [_version(found, private=private)]
    if found.standby:
        odd.append(
            Finding(
                "PostgreSQL",
                "wrong",
                "It is a standby: nothing can be written.",
                "Let DATABASE_URL name the primary, or promote this one.",
            )
        )
    if found.encoding != "UTF8":
        odd.append(
            Finding(
                "encoding",
                "wrong",
                f"The database's encoding is {found.encoding}: not every language can be stored.",
                "Make a database with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and move what is there.",
            )
        )
    schema = found.schema or "public"
    if not found.may_create:
        odd.append(
            Finding(
                "role",
                "warning",
                f"The role {found.role} may not create tables in the schema {schema}: "
                "`rejoinder migrate` fails.",
                f'As the schema\'s owner run: GRANT CREATE, USAGE ON SCHEMA {schema} TO "{found.role}";',
            )
        )
    return [*odd, _vector(found)]


def judge_connections(found: store.Connections, pool_size: int) -> Finding:
    """Whether our processes' pools can all be full at once."""
    limit = min(
        each for each in (found.limit, found.role_limit, found.database_limit) if each is not None
    )
    servers, workers = max(found.servers, 1), max(found.workers, 1)
    needed = servers * (pool_size + OF_A_SERVER) + workers * (pool_size + OF_A_WORKER)
    others = max(found.used - found.ours, 0)
    told = (
        f"{servers} {_plural('server', servers)} and {workers} {_plural('worker', workers)} take up to {needed}; "
        f"{limit} are allowed, others use {others}."
    )
    mend = (
        "Raise max_connections (or the role's or the database's CONNECTION LIMIT), lower REJOINDER_POOL_SIZE, "
        "or run fewer processes."
    )
    if needed > limit:
        return Finding("connections", "wrong", told, mend)
    if needed > limit - others:
        return Finding("connections", "warning", told, mend)
    return Finding("connections", "ok", told)


def judge_clock(theirs: datetime, before: datetime, after: datetime) -> Finding:
    """Compare PostgreSQL's clock with ours, read before and after: what the way took is no difference."""
    apart = max(before - theirs, theirs - after, timedelta(0))
    told = f"PostgreSQL's clock and this machine's are {apart.total_seconds():,.1f} s apart."
    mend = "Set both clocks by NTP: signatures and timestamps are checked by this machine's, turns by PostgreSQL's."
    if apart > _FAR_DRIFT:
        return Finding("clock", "wrong", told, mend)
    return (
        Finding("clock", "warning", told, mend) if apart > _DRIFT else Finding("clock", "ok", told)
    )


def _version(server: store.Server, *, private: bool) -> Finding:
    whose = "the private one" if private else "yours"
    told = f"{server.version.partition(' ')[0]}, {whose}, as role {server.role}, {server.encoding}."
    if server.number // 10_000 < _OLDEST:
        mend = f"Upgrade it: Rejoinder needs PostgreSQL {_OLDEST} or newer."
        return Finding("PostgreSQL", "wrong", told, mend)
    return Finding("PostgreSQL", "ok", told)


def _vector(server: store.Server) -> Finding:
    if server.vector is not None:
        return Finding("vector", "ok", f"The extension vector {server.vector} is there.")
    mend = (
        "As a superuser run: CREATE EXTENSION vector;"
        if server.vector_at_hand
        else "To have it, install pgvector for this PostgreSQL; as a superuser run: CREATE EXTENSION vector;"
    )
    return Finding(
        "vector",
        "warning",
        "The extension vector is missing: search is by words alone.",
        mend,
    )


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
