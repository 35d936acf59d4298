"""What every refusal must look like."""

from __future__ import annotations

from typing import Any

import aiohttp


async def problem(response: aiohttp.ClientResponse, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, after checking that it is one, of that status and code."""
    text = await response.text()
    assert (response.status, response.content_type) == (status, "application/problem+json"), text
    body: dict[str, Any] = await response.json(content_type=None)
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"urn:rejoinder:problem:{code}"
    assert body["title"]
    assert body["title"] != "Something went wrong"
    assert body["detail"]
    assert body.get("mend"), f"it doesn't say how to put it right: {body}"
    return body
