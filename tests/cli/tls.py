"""A PostgreSQL that wants TLS: the private one behind a front that speaks it."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from rejoinder.db.private.owner import socket_of
from tests.certificate import own_certificate


@asynccontextmanager
async def speaking_tls(dsn: str) -> AsyncIterator[int]:
    """The port of a front that refuses everything but TLS and carries it to the server of `dsn`."""
    with tempfile.TemporaryDirectory() as folder:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own_certificate(Path(folder) / "own.pem"))
        behind, tasks = socket_of(dsn), set[asyncio.Task[None]]()

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = await reader.readexactly(8)
            if asked != b"\x00\x00\x00\x08\x04\xd2\x16\x2f":  # SSLRequest
                writer.close()
                return
            writer.write(b"S")
            await writer.start_tls(context)
            far_reader, far_writer = await asyncio.open_unix_connection(str(behind))
            with suppress(OSError):
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(carry(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
