"""Rate limits shared by all processes on one database."""

from __future__ import annotations

import hashlib

from rejoinder.db import Maintenance, Read
from rejoinder.errors import TooManyRequests
from rejoinder.state import store


async def room(
    db: Read | Maintenance, key: str, *, seconds: float, at_once: int = 1
) -> float | None:
    """Count one use of `key`, one every `seconds`, `at_once` after a pause; None, or the seconds to wait uncounted."""
    return await store.take(db, _hashed(key), seconds, seconds * max(1, at_once))


async def reserve(db: Read | Maintenance, key: str, *, uses: int, per_second: float) -> float:
    """Reserve the next uses of `key`; the seconds until they may begin, after all that were reserved before."""
    return await store.reserve(db, _hashed(key), uses / per_second)


async def hit(db: Read | Maintenance, key: str, *, per_minute: int) -> None:
    """Count one use of `key`; one statement, on the database's clock.

    A token bucket: `per_minute` at once, then one every 60 / `per_minute` seconds. Only the key's
    hash is stored. Raises TooManyRequests with the seconds to wait in `retry_after`; a refused use
    costs nothing.
    """
    wait = await store.take(db, _hashed(key), 60 / per_minute)
    if wait is not None:
        raise TooManyRequests(
            f"The limit is {per_minute} a minute.",
            mend=f"Try again in {wait:.0f} s." if wait >= 1 else "Try again in a second.",
            retry_after=wait,
        )


def _hashed(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
