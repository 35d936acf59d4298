"""How long a server asks us to wait."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds a response asks us to wait, or None; never negative.

    Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); a date is read against the
    response's own Date, so that a wrong clock here doesn't matter, else against `now`. OpenAI adds
    `retry-after-ms`.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    asked = headers.get("Retry-After")
    if (seconds := _number(asked)) is not None:
        return seconds
    if (until := _date(asked)) is None:
        return None
    return max(0.0, (until - (_date(headers.get("Date")) or now)).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
