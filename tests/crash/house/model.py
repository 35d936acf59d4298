"""The model server: its replies quote the messages that were asked, so a reply tells what it covers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from html import unescape

from aiohttp import web

from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Received
from tests.crash.house.gate import Gate

_UNANSWERED = re.compile(r"<unanswered>\n(.*?)\n</unanswered>", re.DOTALL)


def asked(received: Received) -> list[str]:
    """The customer's unanswered messages in a request to the model server."""
    return [unescape(text) for text in _UNANSWERED.findall(received.text)]


def thread_of(token: str) -> str:
    """A message's text is `thread.number`, and nothing else is said anywhere."""
    return token.rpartition(".")[0]


class QuotingModel(OpenAIStub):
    """Thinks for `thinks(thread)` seconds, or for as long as its gate holds the thread. `calls` counts by thread."""

    def __init__(self, thinks: Callable[[str], float] = lambda _: 0.0) -> None:
        super().__init__(reply=lambda received: f"Read: {' | '.join(asked(received))}")
        self.gate = Gate()
        self.thinks = thinks
        self.calls: dict[str, int] = {}

    async def _play(
        self, request: web.BaseRequest, received: Received, size: int
    ) -> web.StreamResponse:
        thread = thread_of(asked(received)[0])
        self.calls[thread] = self.calls.get(thread, 0) + 1
        await self.gate.passing(thread)
        await asyncio.sleep(self.thinks(thread))
        return await super()._play(request, received, size)
