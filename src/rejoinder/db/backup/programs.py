"""pg_dump and pg_restore, told where the database is without a password on their command line."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl, unquote, urlsplit

from rejoinder.db.private.binaries import Binaries, installed
from rejoinder.errors import Setup

# libpq's environment variable for each parameter of a DSN that asyncpg reads itself
# (PostgreSQL documentation, "Environment Variables"); asyncpg makes every other one a setting of the session.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "database": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


@asynccontextmanager
async def running(
    program: str, *arguments: str, dsn: str, feeding: bool = False
) -> AsyncIterator[Process]:
    """The program on that database, ended however this is left. Raises Setup when it failed."""
    path = Binaries.of(installed()).program(program)
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        "--no-password",
        stdin=PIPE if feeding else DEVNULL,
        stdout=DEVNULL if feeding else PIPE,
        stderr=PIPE,
        env=environment(dsn),
        limit=1 << 22,
    )
    assert process.stderr
    said = asyncio.create_task(process.stderr.read())
    try:
        yield process
        code = await process.wait()
        told = (await said).decode(errors="replace").strip()
        if code != 0:
            raise failed(program, told or f"exit code {code}")
    except (BrokenPipeError, ConnectionResetError):
        await process.wait()
        told = (await said).decode(errors="replace").strip()
        raise failed(program, told or "it went away") from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        said.cancel()


def failed(program: str, told: str) -> Setup:
    """The error for a program that could not do it."""
    end = "\n".join(told.splitlines()[-5:])
    return Setup(
        f"{program} failed:\n{end}\n", mend="Mend what it names.", code="backup_program_failed"
    )


def environment(dsn: str) -> dict[str, str]:
    """The environment in which libpq finds what asyncpg finds with `dsn`."""
    parts = urlsplit(dsn)
    login, _, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    hosts = [_host_and_port(one) for one in place.split(",")]
    found = {
        "PGUSER": unquote(user),
        "PGPASSWORD": unquote(password),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGHOST": ",".join(host for host, _ in hosts),
        "PGPORT": ",".join(port for _, port in hosts).strip(","),
    }
    options: list[str] = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in _VARIABLES:
            found[_VARIABLES[name]] = value
        elif name != "application_name":
            escaped = value.replace("\\", "\\\\").replace(" ", "\\ ")
            options.append(f"-c {name}={escaped}")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PG") or name in ("HOME", "PATH", "LD_LIBRARY_PATH")
    }
    given = {name: value for name, value in found.items() if value}
    given.setdefault("PGDATABASE", found["PGUSER"] or "postgres")
    if options:
        given["PGOPTIONS"] = " ".join(options)
    return {**inherited, **given, "PGAPPNAME": "rejoinder backup", "LC_ALL": "C"}


def _host_and_port(place: str) -> tuple[str, str]:
    """`[::1]:5433` → `::1`, `5433`."""
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        return host, port.lstrip(":")
    host, _, port = place.partition(":")
    return unquote(host), port
