"""The channel's log has each webhook of the platform's, without secrets, and none that was not."""

from __future__ import annotations

import json

from tests.inbound.webhook.edge import Edge, said
from tests.inbound.webhook.toy import SECRET


async def test_a_webhook_is_noted_without_secrets(edge: Edge) -> None:
    body = json.dumps({"events": [said("mae", "a", f"{SECRET}?"), {"is": "hologram"}]}).encode()
    assert await edge.raw(body) == 200
    async with edge.http.post(edge.path, data=b"{}", headers={}) as response:
        assert response.status == 401
    await edge.channel_log.flush()
    (row,) = await edge.sql(
        "SELECT direction, method, status, class, request, address FROM channel_log WHERE workspace_id = $1"
    )
    assert tuple(row)[:4] == ("in", "POST", 200, "quarantined")
    assert "hologram" in row["request"]
    assert SECRET not in row["request"]
    assert row["address"].endswith(edge.path)
