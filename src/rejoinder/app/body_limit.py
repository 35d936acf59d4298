"""No body over 1 MiB is kept in memory, whatever its headers say."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rejoinder.app.problems import problem
from rejoinder.errors import TooLarge

LIMIT = 1024 * 1024

# A client that is refused while it still writes sees a reset connection instead of the reason, so a
# reasonable rest is read and thrown away first.
_DRAINED = 16 * LIMIT
_DRAIN_S = 5.0


class BodyLimit:
    """ASGI middleware: reads the body before the application runs, and answers 413 when it is over the limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        body = bytearray()
        while len(body) <= LIMIT:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        else:
            with suppress(TimeoutError):
                await _drain(receive)
            await _refuse(scope, receive, send)
            return
        if len(body) > LIMIT:
            await _refuse(scope, receive, send)
            return
        await self._app(scope, _replay(bytes(body), receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return whole.pop() if whole else await receive()

    return replayed


async def _drain(receive: Receive) -> None:
    seen = 0
    async with asyncio.timeout(_DRAIN_S):
        while seen < _DRAINED:
            message = await receive()
            seen += len(message.get("body", b""))
            if not message.get("more_body", False):
                return


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = TooLarge(
        f"The body is over {LIMIT} bytes.",
        mend="Send less; give large media as a URL.",
        where="body",
    )
    await problem(error, headers={"Connection": "close"})(scope, receive, send)
