"""A wire between the program and PostgreSQL that a test can freeze, as a failing network or host does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit


class Relay:
    """`dsn` leads through it; while `frozen`, nothing passes and no connection breaks."""

    def __init__(self, dsn: str) -> None:
        self._url = urlsplit(dsn)
        self._passes = asyncio.Event()
        self._passes.set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.dsn = ""

    def freeze(self) -> None:
        """Nothing passes from now on."""
        self._passes.clear()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen on loopback until left, then break what is open."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        user = self._url.netloc.rpartition("@")[0]
        where = f"{user}@127.0.0.1:{port}" if user else f"127.0.0.1:{port}"
        self.dsn = urlunsplit((self._url.scheme, where, self._url.path, "sslmode=disable", ""))
        try:
            yield
        finally:
            server.close()
            for pump in self._pumps:
                pump.cancel()
            if self._pumps:
                await asyncio.wait(self._pumps)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await self._upstream()
        for source, target in ((reader, onward), (there, writer)):
            pump = asyncio.create_task(self._pump(source, target), name="relay")
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _upstream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        asked = parse_qs(self._url.query)
        host = asked.get("host", [self._url.hostname or "127.0.0.1"])[0]
        port = asked.get("port", [self._url.port or 5432])[0]
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._passes.wait()
                target.write(data)
        except ConnectionError:
            pass  # the other side is gone, and this wire with it
        finally:
            target.close()
