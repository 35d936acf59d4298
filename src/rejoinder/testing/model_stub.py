"""A stand-in for a model provider: an HTTP server on loopback; subclasses know a provider's wire format.

In a test: `async with OpenAIStub() as stub` and `stub.base_url`. As a process of its own, for the
bench: `python -m rejoinder.testing openai --port 0 --delay 0.5`, which prints its address on one line.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Self

from aiohttp import web
from pydantic_core import from_json, to_json

UNDERSTOOD: Mapping[str, Any] = {
    "intent": "question",
    "sentiment": "neutral",
    "confidence": 0.9,
    "entities": [{"type": "topic", "value": "the question"}],
}
"""What every answer of a stub says it understood."""

# A token is about four characters, as everywhere; the stub counts bytes.
_BYTES_PER_TOKEN = 4


@dataclass(frozen=True)
class Received:
    """A request as it came: `body` is its JSON, `text` what was said last."""

    headers: Mapping[str, str]
    path: str
    body: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Canned:
    """A scripted response in place of the usual one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Hang:
    """Never answer; the call ends when the client goes."""


@dataclass(frozen=True)
class Drop:
    """Send this much of a longer response, then break the connection; nothing for no bytes."""

    after: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Stall:
    """Send this much of a stream, then nothing more; the call ends when the client goes."""

    after: bytes


Script = Canned | Hang | Drop | Stall


class ModelStub(ABC):
    """The server; `script` is used up one entry a call, then `reply` answers after `delay` seconds.

    `reply` gives the text for the customer, or fields of the structured answer, `reply` among them.

    `open` counts the calls being answered now, `closed_by_client` those whose client went first. `cached` tokens of
    each prompt it says it had kept from before.
    """

    BASE_PATH: ClassVar[str]
    """What of a base address follows host and port."""

    def __init__(
        self,
        *,
        delay: float = 0.0,
        reply: Callable[[Received], str | Mapping[str, object]] = lambda _: "Here is the answer.",
        script: Iterable[Script] = (),
        port: int = 0,
        keep: bool = True,
        cached: int = 0,
    ) -> None:
        self.delay = delay
        self.reply = reply
        self.script = deque(script)
        self.requests: list[Received] = []
        self.open = 0
        self.closed_by_client = 0
        self.base_url = ""
        self._port = port
        self._keep = keep
        self.cached = cached
        self._waiters: list[asyncio.Future[None]] = []
        self._runner: web.ServerRunner | None = None

    @abstractmethod
    def serves(self, path: str) -> bool:
        """Whether this is a path of the format."""

    @abstractmethod
    def said_last(self, body: dict[str, Any]) -> str:
        """The text of the newest message."""

    @abstractmethod
    def wants_object(self, body: dict[str, Any]) -> bool:
        """Whether structured output is asked for."""

    @abstractmethod
    def wants_stream(self, path: str, body: dict[str, Any]) -> bool:
        """Whether the answer is to be streamed."""

    @abstractmethod
    def whole(self, text: str, tokens: tuple[int, int]) -> bytes:
        """The body of a response; `tokens` are those of the prompt and of the answer."""

    @abstractmethod
    def pieces(
        self, text: str, tokens: tuple[int, int] | None, finish: str | None = None
    ) -> list[bytes]:
        """The events of a streamed response, as they go over the wire.

        `finish` is the provider's word for how it ended, the usual one for None; without `tokens` they are those of a
        response that does not end.
        """

    async def __aenter__(self) -> Self:
        """Listen on 127.0.0.1 only."""
        # `web.Server`, not an application: no routing, about half the CPU a call
        server = web.Server(self._answer, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}{self.BASE_PATH}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening and drop the calls still open."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(self, holds: Callable[[Self], bool]) -> None:
        """Wait until `holds(stub)`; it is asked again whenever a call opens or ends."""
        while not holds(self):
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    def _changed(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = await request.read()
        if request.method != "POST" or not self.serves(request.path):
            return web.Response(status=404, text="<html>Not Found</html>", content_type="text/html")
        body = from_json(raw)
        received = Received(request.headers, request.path_qs, body, self.said_last(body))
        if self._keep:
            self.requests.append(received)
        self.open += 1
        self._changed()
        try:
            return await self._play(request, received, len(raw))
        except (asyncio.CancelledError, ConnectionResetError):
            self.closed_by_client += 1
            raise
        finally:
            self.open -= 1
            self._changed()

    async def _play(
        self, request: web.BaseRequest, received: Received, size: int
    ) -> web.StreamResponse:
        if self.delay:
            await asyncio.sleep(self.delay)
        match self.script.popleft() if self.script else None:
            case Canned(status, body, headers):
                return web.Response(status=status, body=body, headers=headers)
            case Hang():
                await asyncio.Event().wait()
            case Drop(after, headers):
                return await _drop(request, after, headers)
            case Stall(after):
                await _begin(request, after)
                await asyncio.Event().wait()
        said = self.reply(received)
        told = {"reply": said} if isinstance(said, str) else said
        text = str(told["reply"])
        if self.wants_object(received.body):
            answer = {"decision": "answer", "reason": "The stub says so.", **UNDERSTOOD}
            text = to_json({**answer, **told}).decode()
        tokens = (size // _BYTES_PER_TOKEN, len(text) // _BYTES_PER_TOKEN)
        if self.wants_stream(received.path, received.body):
            response = await _begin(request, b"")
            for piece in self.pieces(text, tokens):
                await response.write(piece)
            await response.write_eof()
            return response
        return web.Response(body=self.whole(text, tokens), content_type="application/json")


def event(data: object, name: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + (data if isinstance(data, bytes) else to_json(data)) + b"\n\n"


def halves(text: str) -> tuple[str, str]:
    """A text in two pieces."""
    return text[: len(text) // 2], text[len(text) // 2 :]


async def _begin(request: web.BaseRequest, first: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    if first:
        await response.write(first)
    return response


async def _drop(
    request: web.BaseRequest, after: bytes, headers: Mapping[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    response.content_length = len(after) + 1024
    if after:
        await response.prepare(request)
        await response.write(after)
    if request.transport is not None:
        request.transport.close()  # what was written still goes out
    return response
