"""A shop's own server that replies are posted to, as one written with the standardwebhooks library would be."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """Verifies what comes, keeps it, and answers with the next of `script`, else 204.

    In the script an int is a status, a function makes a response, `None` cuts the connection once the request is read.
    """

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.script: deque[int | Callable[[], web.Response] | None] = deque()
        self.ids: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.forged = 0
        self._came = asyncio.Condition()

    @property
    def texts(self) -> list[str]:
        """What customers would read, in the order it came, each id once."""
        once = dict(zip(self.ids, self.bodies, strict=True))
        return [body["data"]["text"] for body in once.values()]

    async def called(self, times: int, seconds: float = 15) -> None:
        """Until so many genuine posts have come."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self.ids) >= times)

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = Webhook(self.secret).verify(raw, dict(request.headers))
        except WebhookVerificationError:
            self.forged += 1
            return web.Response(status=401)
        async with self._came:
            self.ids.append(request.headers["webhook-id"])
            self.bodies.append(body)
            self._came.notify_all()
        answer = self.script.popleft() if self.script else 204
        if answer is None:
            assert request.transport
            request.transport.abort()
            return web.Response()
        return web.Response(status=answer) if isinstance(answer, int) else answer()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free loopback port."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
