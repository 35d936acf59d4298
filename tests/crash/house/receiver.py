"""The shop's own server that replies are posted to: what it counts is what customers would read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from tests.crash.house.gate import Gate


@dataclass(frozen=True, slots=True)
class Post:
    """One reply as it came. `answers` are the external ids of the messages it answers, as the program says."""

    webhook_id: str
    thread: str
    sender_type: str
    text: str
    answers: tuple[str, ...]


class Receiver:
    """Verifies, counts, answers 204. `reading` holds a post before it is counted, `answering` after.

    It takes `takes()` seconds, half of them before it counts. `fails(post)` may name a status to answer with instead,
    or 0 to cut the connection: both after it was counted.
    """

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.posts: list[Post] = []
        self.forged = 0
        self.failed = 0
        self.reading = Gate()
        self.answering = Gate()
        self.takes: Callable[[], float] = lambda: 0.0
        self.fails: Callable[[Post], int | None] = lambda _: None

    def be_flaky(self, dice: Random, share: float, *, refuses: bool) -> None:
        """Fail this share of the replies at their first post: cut the connection, or else refuse what was counted."""
        known: set[str] = set()

        def fails(post: Post) -> int | None:
            if post.webhook_id in known or dice.random() >= share:
                known.add(post.webhook_id)
                return None
            known.add(post.webhook_id)
            return 503 if refuses and dice.random() < 0.5 else 0

        self.fails = fails

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = Webhook(self.secret).verify(raw, dict(request.headers))
        except WebhookVerificationError:
            self.forged += 1
            return web.Response(status=401)
        said = body["data"]
        post = Post(
            request.headers["webhook-id"],
            said["thread_key"],
            said["sender_type"],
            said["text"],
            tuple(said["answers"]),
        )
        pause = self.takes() / 2
        await self.reading.passing(post.thread)
        await asyncio.sleep(pause)
        self.posts.append(post)
        await asyncio.sleep(pause)
        await self.answering.passing(post.thread)
        failure = self.fails(post)
        if failure is None:
            return web.Response(status=204)
        self.failed += 1
        if failure:
            return web.Response(status=failure)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free loopback port; a sender that goes away takes its post with it, unless it was counted."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
