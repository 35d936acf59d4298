"""The OpenAI chat-completions format, for every server that speaks it."""

from __future__ import annotations

import aiohttp

from rejoinder.llm.openai import wire
from rejoinder.llm.wire import WireModel

__all__ = ["OpenAIModel"]


class OpenAIModel(WireModel):
    """`name` at OpenAI's own address or a compatible server's. Raises Setup as WireModel does."""

    def __init__(
        self,
        name: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        session: aiohttp.ClientSession,
    ) -> None:
        super().__init__(wire, name, api_key=api_key, base_url=base_url, session=session)
