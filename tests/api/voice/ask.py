"""One request, and its answer."""

from __future__ import annotations

from typing import Any

import aiohttp


async def ask(
    client: aiohttp.ClientSession, method: str, path: str, status: int = 200, **given: Any
) -> dict[str, Any]:
    """The body of the answer, which must have that status; empty for none. `given` is the body, if any is."""
    async with client.request(method, f"/api/v1{path}", json=given or None) as response:
        told = await response.text()
        assert response.status == status, told
        found: dict[str, Any] = await response.json(content_type=None) if told else {}
        return found


async def refused(
    client: aiohttp.ClientSession, method: str, path: str, status: int, **given: Any
) -> dict[str, Any]:
    """A refusal: it says what is wrong and how to put it right."""
    told = await ask(client, method, path, status, **given)
    assert told["detail"]
    assert told["mend"]
    return told
