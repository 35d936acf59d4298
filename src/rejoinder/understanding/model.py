"""Where and when the customer's words are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """What relative words are relative to: `now` is aware, `zone` an IANA name, `country` an ISO 3166 code whose phone
    numbers need no country code, `currency` the ISO 4217 code of amounts that name none."""

    now: datetime
    zone: str
    country: str | None = None
    currency: str | None = None
