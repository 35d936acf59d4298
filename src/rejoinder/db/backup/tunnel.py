"""PostgreSQL's own programs reach the server that an asyncpg connection stands to, and no other.

They would read an address otherwise than asyncpg does (several hosts, defaults, options), and those of the wheel can't
speak TLS. So they connect to a Unix socket of ours, and each connection is carried on as asyncpg made its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import struct
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

_SSL_REQUEST = struct.pack(
    "!ll", 8, 80877103
)  # PostgreSQL documentation, "Message Formats", SSLRequest
_CHUNK = 1 << 18
_OURS = frozenset(
    {"application_name", "jit", "timezone", "datestyle", "intervalstyle", "bytea_output"}
    | {"extra_float_digits", "statement_timeout", "idle_in_transaction_session_timeout"}
)


@dataclass(frozen=True, slots=True)
class FarEnd:
    """Where a connection stands: a socket's path or (host, port); `tls` None for none."""

    address: str | tuple[str, int]
    user: str
    password: str
    database: str
    tls: ssl.SSLContext | None
    may_be_plain: bool
    direct_tls: bool
    settings: Mapping[str, str]

    def __repr__(self) -> str:
        return f"FarEnd({self.address!r}, {self.user!r}, {self.database!r})"


async def far_end(connection: asyncpg.Connection[asyncpg.Record]) -> FarEnd:
    """Where this connection stands. asyncpg tells it to query loggers only."""
    told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    with connection.query_logger(told.set_result):
        await connection.execute("SHOW server_version")
        record = await told
    address, params = record.conn_addr, record.conn_params
    return FarEnd(
        address=address if isinstance(address, str) else (address[0], address[1]),
        user=params.user,
        password=params.password or "",
        database=params.database,
        tls=params.ssl or None,
        may_be_plain=getattr(params.sslmode, "name", "") in ("allow", "prefer"),
        direct_tls=getattr(params.ssl_negotiation, "name", "") == "direct",
        settings={
            name: value
            for name, value in (params.server_settings or {}).items()
            if name not in _OURS
        },
    )


@asynccontextmanager
async def tunnel(connection: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[dict[str, str]]:
    """While this lasts, libpq with this environment reaches what the connection reaches."""
    far = await far_end(connection)
    folder = Path(tempfile.mkdtemp(prefix="rejoinder-tunnel-"))
    carried: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_carry(far, reader, writer))
        carried.add(task)
        task.add_done_callback(carried.discard)

    server = await asyncio.start_unix_server(accept, folder / ".s.PGSQL.5432", limit=_CHUNK)
    try:
        yield _environment(far, folder)
    finally:
        server.close()
        for task in carried:
            task.cancel()
        if carried:
            await asyncio.wait(carried)
        shutil.rmtree(folder, ignore_errors=True)


def _environment(far: FarEnd, folder: Path) -> dict[str, str]:
    options = [
        value if name == "options" else f"-c {name}={_escaped(value)}"
        for name, value in far.settings.items()
    ]
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C",
        "PGAPPNAME": "rejoinder backup",
        "PGHOST": str(folder),
        "PGPORT": "5432",
        "PGUSER": far.user,
        "PGPASSWORD": far.password,
        "PGDATABASE": far.database,
        "PGSSLMODE": "disable",
        "PGOPTIONS": " ".join(options),
    }


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")


async def _carry(far: FarEnd, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, until either side ends it."""
    with suppress(OSError):
        far_reader, far_writer = await _dial(far)
        pumps = {
            asyncio.create_task(_pump(reader, far_writer)),
            asyncio.create_task(_pump(far_reader, writer)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)
            far_writer.close()
    writer.close()


async def _dial(far: FarEnd) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(far.address, str):
        return await asyncio.open_unix_connection(far.address, limit=_CHUNK)
    host, port = far.address
    if far.tls is None or far.direct_tls:
        return await asyncio.open_connection(host, port, ssl=far.tls, limit=_CHUNK)
    reader, writer = await asyncio.open_connection(host, port, limit=_CHUNK)
    writer.write(_SSL_REQUEST)
    if await reader.readexactly(1) == b"S":
        await writer.start_tls(far.tls, server_hostname=host)
    elif not far.may_be_plain:
        writer.close()
        raise ConnectionError("the server speaks no TLS")
    return reader, writer


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
