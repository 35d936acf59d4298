"""SQL of the channel log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from rejoinder.channels.log.model import Direction, Entry
from rejoinder.db import Read, Tx

_ENTRY = """l.log_id, l.channel_id, l.direction, l.at, l.milliseconds, l.delivery_id, l.method, l.address, l.status,
    l.class, l.request, l.response"""

# A channel that was deleted meanwhile has no log either.
ADD = """
INSERT INTO channel_log (workspace_id, log_id, channel_id, direction, at, milliseconds, delivery_id, method, address,
    status, class, request, response)
SELECT $1, l.log_id, l.channel_id, l.direction, l.at, l.milliseconds, l.delivery_id, l.method, l.address, l.status,
    l.class, l.request, l.response
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::float8[], $7::uuid[], $8::text[], $9::text[],
    $10::integer[], $11::text[], $12::text[], $13::text[]) AS l (log_id, channel_id, direction, at, milliseconds,
    delivery_id, method, address, status, class, request, response)
JOIN channels c ON c.workspace_id = $1 AND c.channel_id = l.channel_id
ON CONFLICT (workspace_id, log_id) DO NOTHING
"""

PAGE = f"""
SELECT {_ENTRY} FROM channel_log l
WHERE l.workspace_id = $1 AND l.channel_id = $2 AND ($3::uuid IS NULL OR l.log_id < $3)
    AND ($4::text IS NULL OR l.direction = $4) AND ($5::text IS NULL OR l.class = $5)
ORDER BY l.log_id DESC LIMIT $6
"""


async def add(tx: Tx, entries: Sequence[Entry]) -> None:
    """Write lines of the workspace's channels, in one statement."""
    columns = zip(
        *(
            (
                each.log_id,
                each.channel_id,
                each.direction,
                each.at,
                each.milliseconds,
                each.delivery_id,
                each.method,
                each.address,
                each.status,
                each.what,
                each.request,
                each.response,
            )
            for each in entries
        ),
        strict=True,
    )
    await tx.connection.execute(ADD, tx.workspace_id, *map(list, columns))


async def page(
    read: Read,
    channel_id: UUID,
    before: UUID | None,
    limit: int,
    *,
    direction: Direction | None = None,
    of_class: str | None = None,
) -> list[Entry]:
    """The channel's lines before one of them, newest first; of one direction or class where that is asked for."""
    rows = await read.connection.fetch(
        PAGE, read.workspace_id, channel_id, before, direction, of_class, limit
    )
    return [Entry(*row) for row in rows]
