"""PostgreSQL goes away: the platform is told to come again, and what it brings then is taken."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from rejoinder.db import Database, connect
from tests.app.test_outage import Wire
from tests.inbound.webhook.edge import furnished, said, way_in
from tests.inbound.webhook.toy import signed


@pytest.mark.usefixtures("toy")
async def test_nothing_is_acknowledged_while_the_database_is_away(
    dsn: str, db: Database, workspace_id: UUID
) -> None:
    wire = Wire(dsn)
    await wire.mend()
    ours = await connect(wire.dsn, size=2, name="rejoinder tests outage", patience=1)
    async with way_in(ours) as http:
        edge = await furnished(http, db, workspace_id)
        assert await edge.post(said("mae", "a", "1")) == 200
        await wire.cut()
        body = json.dumps({"events": [said("mae", "b", "2"), {"is": "hologram"}]}).encode()
        async with http.post(edge.path, data=body, headers=signed(body)) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) > 0
        await wire.mend()
        assert await edge.raw(body) == 200
        assert await edge.texts("mae") == ["1", "2"]
        assert await edge.intake() == [("quarantined", "an event 'hologram'")]
        await ours.close()
    await wire.cut()
