"""SQL of the stretches that end something in the middle: what was superseded, who runs what, what runs again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rejoinder.db import Read

# A newer message's transaction ends the attempt; the ledger's row is written when the worker has stopped the call.
STOPPED = """
SELECT extract(epoch FROM min(l.created_at) - a.ended_at)
FROM conversations c
JOIN turns t ON t.workspace_id = $1 AND t.conversation_id = c.conversation_id
JOIN turn_attempts a ON a.workspace_id = $1 AND a.turn_id = t.turn_id AND a.outcome = 'superseded'
LEFT JOIN ai_response_logs l ON l.workspace_id = $1 AND l.turn_id = a.turn_id AND l.outcome = 'cancelled'
WHERE c.workspace_id = $1 AND starts_with(c.thread_key, $2)
GROUP BY a.turn_id, a.fence, a.ended_at
"""

HELD = """
SELECT t.turn_id, t.fence, w.name FROM turns t JOIN workers w USING (worker_no)
WHERE t.workspace_id = $1 AND t.state = 'running'
"""

NOW = "SELECT clock_timestamp()"

# What its worker committed in the moment before it died was not lost.
CLAIMED_AGAIN = """
SELECT extract(epoch FROM min(again.started_at) - $4::timestamptz)
FROM unnest($2::uuid[], $3::bigint[]) AS lost (turn_id, fence)
JOIN turn_attempts a ON a.workspace_id = $1 AND a.turn_id = lost.turn_id AND a.fence = lost.fence
LEFT JOIN turn_attempts again ON again.workspace_id = $1 AND again.turn_id = lost.turn_id AND again.fence > lost.fence
WHERE a.outcome IS DISTINCT FROM 'committed'
GROUP BY lost.turn_id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A turn that runs; `worker` is the name of who runs it, `HOST:PID`."""

    turn_id: UUID
    fence: int
    worker: str


async def stopped(read: Read, prefix: str) -> list[float | None]:
    """For each superseded attempt of threads that begin with `prefix`: seconds until its call's end was booked.

    None where no call was stopped: it had not begun, or was over.
    """
    rows = await read.connection.fetch(STOPPED, read.workspace_id, prefix)
    return [_seconds(row[0]) for row in rows]


async def held(read: Read) -> list[Held]:
    """The turns that run now."""
    return [Held(*row) for row in await read.connection.fetch(HELD, read.workspace_id)]


async def now(read: Read) -> datetime:
    """PostgreSQL's clock."""
    found: datetime = await read.connection.fetchval(NOW)
    return found


async def claimed_again(read: Read, lost: Sequence[Held], since: datetime) -> list[float | None]:
    """For each of those attempts that did not commit: seconds from `since` until its turn was claimed anew, if so."""
    rows = await read.connection.fetch(
        CLAIMED_AGAIN,
        read.workspace_id,
        [each.turn_id for each in lost],
        [each.fence for each in lost],
        since,
    )
    return [_seconds(row[0]) for row in rows]


def _seconds(value: object) -> float | None:
    return None if value is None else float(str(value))
