"""No body over 1 MiB is kept in memory, 4 MiB for a platform's webhook, whatever its headers say."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rejoinder.app.problems import problem
from rejoinder.errors import TooLarge

LIMIT = 1024 * 1024

# Meta posts up to 3 MB at once, and a webhook that is refused is lost.
WEBHOOK_LIMIT = 4 * LIMIT

_STREAMED = frozenset(
    {
        ("POST", "/api/v1/media"),
        ("POST", "/api/v1/knowledge/documents"),
        ("PUT", "/api/v1/knowledge/documents"),
    }
)
"""Routes that read their body piece by piece, and hold its limit themselves."""

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
        bodiless = b"content-length" not in headers and b"transfer-encoding" not in headers
        if bodiless or (scope.get("method"), scope["path"]) in _STREAMED:
            await self._app(scope, receive, send)
            return
        limit = WEBHOOK_LIMIT if scope["path"].startswith("/webhooks/") else LIMIT
        body = bytearray()
        while len(body) <= limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        else:
            with suppress(TimeoutError):
                await _drain(receive)
            await _refuse(scope, receive, send, limit)
            return
        if len(body) > limit:
            await _refuse(scope, receive, send, limit)
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


async def _refuse(scope: Scope, receive: Receive, send: Send, limit: int) -> None:
    error = TooLarge(
        f"The body is over {limit} bytes.",
        mend="Send less; give large media as a URL.",
        where="body",
    )
    await problem(error, headers={"Connection": "close"})(scope, receive, send)
