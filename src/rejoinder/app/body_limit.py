"""No body over 1 MiB is read into memory, whatever its headers say."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rejoinder.app.problems import problem
from rejoinder.errors import TooLarge

LIMIT = 1024 * 1024


class _OverLimit(Exception):  # noqa: N818 - never leaves this file
    pass


class BodyLimit:
    """ASGI middleware: 413 as soon as a body is known to be too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > LIMIT:
            await _refuse(scope, receive, send)
            return
        seen, answering = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > LIMIT:
                raise _OverLimit
            return message

        async def noted(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _OverLimit:
            if not answering:
                await _refuse(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = TooLarge(
        f"The body is over {LIMIT} bytes.",
        mend="Send less; give large media as a URL.",
        where="body",
    )
    await problem(error, headers={"Connection": "close"})(scope, receive, send)
