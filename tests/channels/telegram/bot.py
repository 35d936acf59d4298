"""Telegram on loopback, and messages on their way to it."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4

from aiohttp import web
from pydantic_core import from_json

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.event import InboundEvent
from rejoinder.channels.port.outgoing import Outgoing, Receipt
from rejoinder.channels.port.simulated import Call, Fault, Outcome, Reply
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.channels.telegram.played.answers import asked
from rejoinder.channels.telegram.simulated import SimulatedTelegram
from rejoinder.conversations.content import Part, Text

CUSTOMER = "5200000042"
GROUP = "-1002000000077"
TOKEN = SimulatedTelegram.credentials["bot_token"]
PAYLOADS = Path(__file__).parent / "payloads"

Step: TypeAlias = Fault | Literal["cut", "cut-after-accept"] | Reply | None


@dataclass
class OnLoopback:
    """A Telegram that keeps what it is asked; each request meets the next step of `script`, if there is one."""

    telegram: SimulatedTelegram
    account: Account
    calls: list[Call] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    script: deque[Step] = field(default_factory=deque)

    @property
    def methods(self) -> list[str]:
        return [found.method for call in self.calls if (found := asked(call))]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [found.fields for call in self.calls if (found := asked(call))]

    @property
    def shown(self) -> list[str]:
        return [shown.text for outcome in self.outcomes for shown in outcome.shown]

    @property
    def problems(self) -> list[str]:
        return [problem for outcome in self.outcomes for problem in outcome.problems]

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
        if step == "cut":
            return _cut(request)
        if isinstance(step, Reply):
            return _http(step)
        if step not in (None, "cut-after-accept"):
            return _http(self.telegram.refuse(call, step))  # type: ignore[arg-type]
        outcome = self.telegram.take(call, datetime.now(UTC))
        self.outcomes.append(outcome)
        return _cut(request) if step else _http(outcome.reply)


class SomeFiles:
    """Our media; by default a PNG, and no public address."""

    def __init__(self, content: bytes = b"\x89PNG", mime_type: str = "image/png") -> None:
        self._read = (content, mime_type, 'a "picture".png')

    async def url(self, media_id: str) -> str | None:
        return None

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        return None if media_id == "gone" else self._read


@asynccontextmanager
async def on_loopback() -> AsyncIterator[OnLoopback]:
    """Played until left."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    runner = web.AppRunner(app, shutdown_timeout=1)
    nowhere = account()
    played = OnLoopback(SimulatedTelegram(nowhere), nowhere)
    app.router.add_route("*", "/{path:.*}", played.take)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.account = account(base_url=f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        yield played
    finally:
        await runner.cleanup()


def account(**settings: Any) -> Account:
    """The bot's account."""
    return Account(
        channel_id=UUID(int=7),
        settings=settings,
        credentials=dict(SimulatedTelegram.credentials),
        allow_private_networks=True,
    )


def payload(name: str) -> bytes:
    """A payload file of ours."""
    return (PAYLOADS / f"{name}.json").read_bytes()


def parsed(name: str, **settings: Any) -> InboundEvent:
    """The event of a payload file."""
    (event,) = Telegram().parse(account(**settings), payload(name))
    return event


def outgoing(**more: Any) -> Outgoing:
    """A message to a customer."""
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
        "channel_id": UUID(int=7),
        "platform": "telegram",
        "settings": {},
        "credentials": None,
        "allow_private_networks": True,
        "priority": 5,
    }
    return Outgoing(**(known | more))


async def sent(
    played: OnLoopback,
    wire: Wire,
    message: Outgoing,
    *parts: Part,
    files: SomeFiles | None = None,
) -> Receipt:
    """What comes of sending it."""
    said = parts or (Text(text=message.text),)
    return await Telegram().send(played.account, message, said, wire, files or SomeFiles())


def answered(status: int, **answer: Any) -> Reply:
    """An answer in Telegram's shape."""
    return Reply(status, {"ok": False, "error_code": status, **answer})


def json_of(body: bytes) -> dict[str, Any]:
    """A body as JSON."""
    found: dict[str, Any] = from_json(body)
    return found


def _cut(request: web.Request) -> web.Response:
    assert request.transport
    request.transport.abort()
    return web.Response()


def _http(reply: Reply) -> web.Response:
    headers = dict(reply.headers)
    if reply.body is not None:
        return web.Response(status=reply.status, body=reply.body, headers=headers)
    return web.json_response(reply.json, status=reply.status, headers=headers)
