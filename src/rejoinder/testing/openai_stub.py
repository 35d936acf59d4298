"""A stand-in for a model provider: an HTTP server on loopback that speaks the OpenAI wire format.

In a test: `async with OpenAIStub() as stub` and `stub.base_url`. As a process of its own, for the
bench: `python -m rejoinder.testing.openai_stub --port 0 --delay 0.5`, which prints its address on
one line.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from pydantic_core import from_json, to_json

# A token is about four characters, as everywhere; the stub counts bytes.
_BYTES_PER_TOKEN = 4


@dataclass(frozen=True)
class Received:
    """A request as it came: `body` is its JSON."""

    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The content of the last message."""
        return str(self.body["messages"][-1]["content"])


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


Script = Canned | Hang | Drop


def completion(
    text: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    tokens: tuple[int, int] | None = None,
) -> bytes:
    """The body of a chat completion; `tokens` are those of the prompt and of the answer."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body: dict[str, Any] = {
        "id": "chatcmpl-stub",
        "object": "chat.completion",
        "model": "stub",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
    }
    if tokens is not None:
        body["usage"] = {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }
    return to_json(body)


class OpenAIStub:
    """The server; `script` is used up one entry a call, then `reply` answers after `delay` seconds.

    `open` counts the calls being answered now, `closed_by_client` those whose client went first.
    """

    def __init__(
        self,
        *,
        delay: float = 0.0,
        reply: Callable[[Received], str] = lambda _: "Here is the answer.",
        script: Iterable[Script] = (),
        port: int = 0,
        keep: bool = True,
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
        self._waiters: list[asyncio.Future[None]] = []
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen on 127.0.0.1 only."""
        # `web.Server`, not an application: no routing, about half the CPU a call
        server = web.Server(self._answer, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/v1"
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

    async def until(self, holds: Callable[[OpenAIStub], bool]) -> None:
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
        if request.method != "POST" or not request.path.endswith("/chat/completions"):
            return web.Response(status=404, text="<html>Not Found</html>", content_type="text/html")
        received = Received(request.headers, from_json(raw))
        if self._keep:
            self.requests.append(received)
        self.open += 1
        self._changed()
        try:
            return await self._play(request, received, len(raw))
        except asyncio.CancelledError:
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
            case Drop(after):
                return await _drop(request, after)
        text = self.reply(received)
        if "response_format" in received.body:
            answer = {"decision": "answer", "reply": text, "reason": "The stub says so."}
            text = to_json(answer).decode()
        tokens = (size // _BYTES_PER_TOKEN, len(text) // _BYTES_PER_TOKEN)
        body = completion(text, tokens=tokens)
        return web.Response(body=body, content_type="application/json")


async def _drop(request: web.BaseRequest, after: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(after) + 1024
    if after:
        await response.prepare(request)
        await response.write(after)
    if request.transport is not None:
        request.transport.close()  # what was written still goes out
    return response


async def _serve(port: int, delay: float) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signals on the loop
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with OpenAIStub(delay=delay, port=port, keep=False) as stub:
        sys.stdout.write(f"{stub.base_url}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m rejoinder.testing.openai_stub")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        asyncio.run(_serve(options.port, options.delay))
    else:
        uvloop.run(_serve(options.port, options.delay))


if __name__ == "__main__":
    main()
