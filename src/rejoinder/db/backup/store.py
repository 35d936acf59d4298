"""SQL that looks at a database as a whole."""

from __future__ import annotations

from rejoinder.db.backup.manifest import Table
from rejoinder.db.pool import Connection

SNAPSHOT = "SELECT pg_export_snapshot(), current_schema(), current_setting('server_version')"

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = current_schema())
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""

# A sum doesn't depend on the order of rows; MD5 is the same in every version, PostgreSQL's own hashes need not be.
CHECKSUM = """
SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text
FROM this_table t
"""

REVISION = "SELECT version_num FROM alembic_version"

CURRENT_SCHEMA = "SELECT current_schema()"

# How values are written as text, whatever the role's own settings are.
WRITTEN = {
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "idle_in_transaction_session_timeout": "0",
    "statement_timeout": "0",
}


async def export_snapshot(connection: Connection) -> tuple[str, str, str]:
    """(snapshot, schema, server version) of the open transaction."""
    row = await connection.fetchrow(SNAPSHOT)
    assert row is not None
    return row[0], row[1], row[2]


async def tables(connection: Connection) -> list[str]:
    """The tables of the connection's schema."""
    return [row[0] for row in await connection.fetch(TABLES)]


async def checked(connection: Connection, table: str) -> Table:
    """How many rows a table has, and the checksum over them."""
    quoted = '"' + table.replace('"', '""') + '"'
    row = await connection.fetchrow(CHECKSUM.replace("this_table", quoted))
    assert row is not None
    return Table(rows=row[0], checksum=row[1])


async def revision(connection: Connection) -> str:
    """The migration this schema stands at."""
    return str(await connection.fetchval(REVISION))


async def current_schema(connection: Connection) -> str | None:
    """The schema that unqualified names are made in."""
    found: str | None = await connection.fetchval(CURRENT_SCHEMA)
    return found
