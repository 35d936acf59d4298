"""Somebody's server on loopback that takes posts: it keeps them, and answers what the test scripts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answer = int | Callable[[], web.Response] | str | None
"""A status, a function that makes a response, `"silence"` for none at all, None for a connection that is cut."""


class Backend:
    """Answers each post with the next of `script`, else 200 and an empty object."""

    def __init__(self) -> None:
        self.url = ""
        self.script: deque[Answer] = deque()
        self.headers: list[dict[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self._came = asyncio.Condition()
        self._gone = asyncio.Event()

    async def called(self, times: int, seconds: float = 15) -> None:
        """Until so many posts have come."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self.bodies) >= times)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        async with self._came:
            self.bodies.append(body)
            self.headers.append(dict(request.headers))
            self._came.notify_all()
        answer = self.script.popleft() if self.script else lambda: web.json_response({})
        if answer == "silence":
            await self._gone.wait()
        if answer is None or isinstance(answer, str):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return web.Response(status=answer) if isinstance(answer, int) else answer()

    def leave(self) -> None:
        """Let go the callers that were never answered."""
        self._gone.set()


@asynccontextmanager
async def listening() -> AsyncIterator[Backend]:
    """A backend on a free loopback port."""
    backend = Backend()
    app = web.Application()
    app.router.add_post("/hook", backend.take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    backend.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield backend
    finally:
        backend.leave()
        await runner.cleanup()
