"""LINE on loopback, and messages on their way to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4

from aiohttp import web
from pydantic_core import from_json

from rejoinder.channels.line.adapter import Line
from rejoinder.channels.line.simulated import SimulatedLine
from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.event import Said
from rejoinder.channels.port.outgoing import Outgoing, Receipt
from rejoinder.channels.port.simulated import Call, Fault, Outcome, Reply
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import Part, Text

CHANNEL = UUID(int=7)
CUSTOMER = "U0123456789abcdef0123456789abcdef"
GROUP = "C0123456789abcdef0123456789abcdef"

Step: TypeAlias = Fault | Literal["hang", "cut", "cut-after-accept"] | Reply | None


@dataclass
class OnLoopback:
    """A LINE that keeps what it is asked; each request meets the next step of `script`, if there is one."""

    line: SimulatedLine
    account: Account
    calls: list[Call] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    script: deque[Step] = field(default_factory=deque)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def paths(self) -> list[str]:
        return [call.path.removeprefix("/v2/bot") for call in self.calls]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [from_json(call.body) for call in self.calls]

    @property
    def shown(self) -> list[str]:
        return [shown.text for outcome in self.outcomes for shown in outcome.shown]

    def reply_token(self) -> str:
        """Of a message that the customer has just written."""
        customer = self.line.customers(1)
        posted = self.line.said(customer, Text(text="hello"), datetime.now(UTC))
        (event,) = Line().parse(self.account, posted.body)
        assert isinstance(event, Said)
        assert event.reply_token
        return event.reply_token

    async def take(self, request: web.Request) -> web.StreamResponse:
        call = Call(
            request.method,
            request.path,
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
        )
        self.calls.append(call)
        step = self.script.popleft() if self.script else None
        if step == "hang":
            await self.left.wait()
        if step in ("hang", "cut"):
            return _cut(request)
        if isinstance(step, Reply):
            return _http(step)
        if step not in (None, "cut-after-accept"):
            return _http(self.line.refuse(call, step))  # type: ignore[arg-type]
        outcome = self.line.take(call, datetime.now(UTC))
        self.outcomes.append(outcome)
        return _cut(request) if step else _http(outcome.reply)


class SomeFiles:
    """Our media at one address; None stands for an installation without a public one."""

    def __init__(self, base: str | None, content: bytes = b"") -> None:
        self._base = base
        self._content = content

    async def url(self, media_id: str) -> str | None:
        return self._base and f"{self._base}/{media_id}"

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        return self._content, "audio/mp4", "note.m4a"


@asynccontextmanager
async def on_loopback() -> AsyncIterator[OnLoopback]:
    """Played until left."""
    app = web.Application()
    runner = web.AppRunner(app, shutdown_timeout=1)
    played = OnLoopback(SimulatedLine(_account("http://unknown")), _account("http://unknown"))
    app.router.add_route("*", "/{path:.*}", played.take)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.account = _account(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        yield played
    finally:
        played.left.set()
        await runner.cleanup()


def outgoing(**more: Any) -> Outgoing:
    """A message to a customer; without a reply token unless it is given one."""
    known: dict[str, Any] = {
        "delivery_id": uuid4(),
        "conversation_id": uuid4(),
        "message_id": uuid4(),
        "turn_id": None,
        "seq": 2,
        "attempt": 1,
        "uncounted": 0,
        "orphaned": False,
        "thread_key": CUSTOMER,
        "sender_type": "ai",
        "kind": "text",
        "text": "We open at nine.",
        "content": [],
        "metadata": {},
        "received_at": datetime.now(UTC),
        "answers": [],
        "channel_id": CHANNEL,
        "platform": "line",
        "settings": {},
        "credentials": None,
        "allow_private_networks": True,
        "priority": 5,
    }
    return Outgoing(**(known | more))


async def sent(
    played: OnLoopback, wire: Wire, message: Outgoing, *parts: Part, files: str | None = None
) -> Receipt:
    """What comes of sending it."""
    said = parts or (Text(text=message.text),)
    return await Line().send(played.account, message, said, wire, SomeFiles(files))


def _account(url: str) -> Account:
    return Account(
        channel_id=CHANNEL,
        settings={"base_url": url},
        credentials=dict(SimulatedLine.credentials),
        allow_private_networks=True,
    )


def _cut(request: web.Request) -> web.Response:
    assert request.transport
    request.transport.abort()
    return web.Response()


def _http(reply: Reply) -> web.Response:
    headers = dict(reply.headers)
    if reply.body is not None:
        return web.Response(status=reply.status, body=reply.body, headers=headers)
    return web.json_response(reply.json, status=reply.status, headers=headers)
