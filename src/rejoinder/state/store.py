"""The statements on `rate_limits`. It is no tenant table: a row is the hash of what is limited."""

from __future__ import annotations

from rejoinder.db import Maintenance, Read

# The bucket as one number (GCRA): `full_at` is when it will be full again, each hit moves that on
# by one step, and a hit that would move it beyond its size from now is refused and moves nothing.
# The pruning reads `passed`, so it runs after the insert, and it skips locked rows: a statement
# waits only while it holds nothing, so two can't deadlock.
# It asks for statement_timestamp() because an index can't be searched for clock_timestamp(), which
# is volatile: every hit would read every row that is still in use.
_HIT = """
WITH passed AS (
    INSERT INTO rate_limits AS held (key, full_at)
    VALUES ($1, clock_timestamp() + $2::float8 * interval '1 second')
    ON CONFLICT (key) DO UPDATE
    SET full_at = greatest(held.full_at, clock_timestamp()) + $2::float8 * interval '1 second'
    WHERE held.full_at + $2::float8 * interval '1 second' <= clock_timestamp() + $3::float8 * interval '1 second'
    RETURNING key
), pruned AS (
    DELETE FROM rate_limits
    WHERE key = ANY (ARRAY(
        SELECT key FROM rate_limits
        WHERE full_at < statement_timestamp() AND key <> $1 AND EXISTS (SELECT FROM passed)
        ORDER BY full_at LIMIT 8 FOR UPDATE SKIP LOCKED))
)
SELECT CASE WHEN NOT EXISTS (SELECT FROM passed)
    THEN greatest(least(0.1, $2::float8), $2::float8 - $3::float8 + coalesce((
    SELECT extract(epoch FROM full_at - clock_timestamp())::float8
    FROM rate_limits WHERE key = $1), $3::float8))
END
"""

# Always taken: who comes later stands further back.
_RESERVE = """
INSERT INTO rate_limits AS held (key, full_at)
VALUES ($1, clock_timestamp() + $2::float8 * interval '1 second')
ON CONFLICT (key) DO UPDATE
SET full_at = greatest(held.full_at, clock_timestamp()) + $2::float8 * interval '1 second'
RETURNING greatest(0, extract(epoch FROM full_at - clock_timestamp())::float8 - $2::float8)
"""


async def take(
    db: Read | Maintenance, key: bytes, step_s: float, size_s: float = 60
) -> float | None:
    """Take one token from the bucket `key`: it gains one every `step_s` and holds those of `size_s`.

    Returns None, or when it is empty the seconds until it has one. Rows of buckets that are full
    again are deleted on the way, 8 at most.
    """
    wait: float | None = await db.connection.fetchval(_HIT, key, step_s, size_s)
    return wait


async def reserve(db: Read | Maintenance, key: bytes, span_s: float) -> float:
    """Take the next `span_s` seconds of `key`; how long until they begin."""
    wait: float = await db.connection.fetchval(_RESERVE, key, span_s)
    return wait
