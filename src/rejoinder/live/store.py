"""SQL of the bus."""

from __future__ import annotations

from rejoinder.db import Maintenance

SHOW = "SELECT pg_notify($1, $2)"


async def show(maintenance: Maintenance, channel: str, payload: str) -> None:
    """Tell whoever listens."""
    await maintenance.connection.execute(SHOW, channel, payload)
