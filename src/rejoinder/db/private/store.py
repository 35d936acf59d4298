"""What the program needs inside a fresh cluster: its role, its database, the vector extension."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

from rejoinder.db.pool import Connection
from rejoinder.db.private.sockets import PORT

ROLE = "rejoinder"
DATABASE = "rejoinder"


def dsn_for(role: str, password: str, database: str, sockets: Path) -> str:
    """The DSN over the Unix socket in folder `sockets`."""
    where = urlencode({"host": str(sockets), "port": PORT})
    return f"postgresql://{quote(role, safe='')}:{quote(password, safe='')}@/{database}?{where}"


async def ensure_database(superuser: Connection, password: str) -> None:
    """Make the role, which is no superuser, and the database it owns, unless they are there."""
    if not await superuser.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", ROLE):
        create = await superuser.fetchval(
            "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)", ROLE, password
        )
        await superuser.execute(create)
    if not await superuser.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
        create = await superuser.fetchval(
            "SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)", DATABASE, ROLE
        )
        await superuser.execute(create)


async def ensure_vector(superuser: Connection) -> None:
    """Make the vector extension in the connected database, or bring it to the binaries' version."""
    found = await superuser.fetchrow(
        "SELECT installed_version, default_version FROM pg_available_extensions "
        "WHERE name = 'vector'"
    )
    if found is None:
        return
    if found["installed_version"] is None:
        await superuser.execute("CREATE EXTENSION IF NOT EXISTS vector")
    elif found["installed_version"] != found["default_version"]:
        await superuser.execute("ALTER EXTENSION vector UPDATE")
