"""Google's Gemini API over bare aiohttp."""

from __future__ import annotations

import aiohttp

from rejoinder.llm.gemini import wire
from rejoinder.llm.wire import WireModel

__all__ = ["GeminiModel"]


class GeminiModel(WireModel):
    """`name` at Google's own address or a gateway's. Raises Setup as WireModel does."""

    def __init__(
        self,
        name: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        session: aiohttp.ClientSession,
    ) -> None:
        super().__init__(wire, name, api_key=api_key, base_url=base_url, session=session)
