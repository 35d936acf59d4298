"""Time zones by IANA's names."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of that name; None where this machine knows none (https://www.iana.org/time-zones)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone: not found, an absolute path, a folder
        return None
