"""A small shop behind the chat page: it keeps conversations and answers as a test tells it to.

The page's routes, the HTTP server, the rate limits and the browser are real; what lies behind the
three callables is the rest of the program, which has tests of its own.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic_core import to_json

from rejoinder.db import Database, new_id
from rejoinder.errors import RejoinderError
from rejoinder.widget import Accepted, WidgetDeps, routes

Steps = list[tuple[str, dict[str, str]]]

PREVIEW = "turn.preview"


def reply(text: str) -> Steps:
    """The events of a turn that answers with `text`."""
    turn = str(new_id())
    sent = {
        "message_id": str(new_id()),
        "text": text,
        "kind": "text",
        "model": "local",
        "turn_id": turn,
    }
    return [
        ("turn.started", {"turn_id": turn}),
        ("message.sent", sent),
        ("turn.committed", {"turn_id": turn}),
    ]


@dataclass
class Conversation:
    """One visitor's events, numbered from 1."""

    conversation_id: UUID = field(default_factory=new_id)
    events: Steps = field(default_factory=list)
    accepted: dict[str, Accepted] = field(default_factory=dict)


class Shop:
    """`answer` gives the events that follow a text; `failures` are raised before it is stored."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.answer: Callable[[str], Steps] = lambda text: reply(f"You said: {text}")
        self.failures: list[Exception] = []
        self.payloads: list[str | None] = []
        self.read_from: list[int] = []
        self.drop_streams = False
        self._grown = asyncio.Condition()

    async def receive(
        self, thread_key: str, visitor_id: str, external_id: str, text: str, payload: str | None
    ) -> Accepted:
        assert thread_key == visitor_id
        self.payloads.append(payload)
        if self.failures:
            raise self.failures.pop(0)
        kept = self.conversations.setdefault(thread_key, Conversation())
        if external_id not in kept.accepted:
            accepted = Accepted(new_id(), kept.conversation_id, len(kept.events) + 1)
            kept.accepted[external_id] = accepted
            said = {"message_id": str(accepted.message_id), "text": text, "sender_type": "customer"}
            await self.add(thread_key, [("message.received", said), *self.answer(text)])
        return kept.accepted[external_id]

    async def add(self, thread_key: str, steps: Steps) -> None:
        """Append events to a visitor's conversation."""
        self.conversations.setdefault(thread_key, Conversation()).events.extend(steps)
        async with self._grown:
            self._grown.notify_all()

    async def show(self, thread_key: str, turn_id: str, text: str) -> None:
        """Show what a turn is writing: an event that is told and not kept."""
        self.conversations[thread_key].events.append((PREVIEW, {"turn_id": turn_id, "text": text}))
        async with self._grown:
            self._grown.notify_all()

    async def find(self, thread_key: str) -> UUID | None:
        kept = self.conversations.get(thread_key)
        return kept.conversation_id if kept else None

    async def stream(self, conversation_id: UUID, after: int) -> AsyncIterator[bytes]:
        self.read_from.append(after)
        events = next(
            kept.events
            for kept in self.conversations.values()
            if kept.conversation_id == conversation_id
        )
        yield b": here\n\n"
        while True:
            while after < len(events):
                name, data = events[after]
                after += 1
                seq = f"id: {after}\n" if name != PREVIEW else ""
                yield f"{seq}event: {name}\ndata: {to_json(data).decode()}\n\n".encode()
            if self.drop_streams:
                return
            async with self._grown:
                while len(events) <= after:
                    await self._grown.wait()

    def only(self) -> Conversation:
        """The one conversation there is."""
        (kept,) = self.conversations.values()
        return kept


def deps(db: Database, shop: Shop, **changed: object) -> WidgetDeps:
    """What the page stands on, with room for many requests unless a test says otherwise."""
    given: dict[str, object] = {
        "db": db,
        "keys": (b"the installation's secret key",),
        "workspace_id": uuid4(),
        "channel_id": uuid4(),
        "bot_name": "Mali from Baan Tea",
        "model": "local",
        "messages_per_minute": 100,
        "sessions_per_minute": 100,
        "receive": shop.receive,
        "find": shop.find,
        "stream": shop.stream,
    }
    return WidgetDeps(**{**given, **changed})  # type: ignore[arg-type]


@asynccontextmanager
async def serving(widget: WidgetDeps) -> AsyncIterator[str]:
    """Serve the page on a free loopback port; gives its URL."""
    app = FastAPI()
    app.include_router(routes(widget))
    app.exception_handler(RejoinderError)(_problem)
    app.exception_handler(RequestValidationError)(_invalid)
    with socket.create_server(
        ("127.0.0.1", 0)
    ) as listening:  # clients may connect before the server runs
        config = uvicorn.Config(
            app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


def visiting(url: str) -> aiohttp.ClientSession:
    """A client with cookies of its own, kept for loopback addresses too."""
    return aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def _problem(_: Request, wrong: Exception) -> JSONResponse:
    assert isinstance(wrong, RejoinderError)
    waits = {"Retry-After": str(round(wrong.retry_after))} if wrong.retry_after else {}
    body = {"status": wrong.status, "code": wrong.code, "detail": wrong.detail}
    return JSONResponse(body, wrong.status, waits, "application/problem+json")


async def _invalid(_: Request, wrong: Exception) -> JSONResponse:
    return JSONResponse(
        {"status": 422, "detail": str(wrong)}, 422, media_type="application/problem+json"
    )
