"""Requests to a platform, each noted for the channel's log."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.net.guard import Outward, Posted, Unanswered


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `status` is None where none came; `seconds` is how long that took."""

    method: str
    url: str
    request: bytes
    status: int | None
    response: bytes
    seconds: float


@dataclass(slots=True)
class Wire:
    """The way to one platform for one task; `exchanges` is what went over it."""

    out: Outward
    allow_private: bool
    exchanges: list[Exchange] = field(default_factory=list)

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: JsonValue = None,
        body: bytes | None = None,
        timeout: float = 15.0,
    ) -> Posted:
        """One request within `timeout` seconds; `json` is sent as such. Raises Forbidden, NotSent or Unanswered."""
        sent = dict(headers or {})
        if body is None and json is not None:
            body = to_json(json)
            sent.setdefault("Content-Type", "application/json")
        began = time.monotonic()
        status, response = None, b""
        try:
            posted = await self.out.request(
                method,
                url,
                body=body or b"",
                headers=sent,
                timeout=timeout,
                allow_private=self.allow_private,
            )
            status, response = posted.status, posted.body
        except Unanswered as lost:
            response = str(lost).encode()
            raise
        finally:
            taken = time.monotonic() - began
            self.exchanges.append(Exchange(method, url, body or b"", status, response, taken))
        return posted
