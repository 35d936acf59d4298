"""Where the examples are read: ten in the morning of Saturday, 21 November 2026, in five countries."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from rejoinder.llm.model import Entity
from rejoinder.text import language
from rejoinder.understanding.model import Place
from rejoinder.understanding.naming import entities


def _place(zone: str, country: str, currency: str) -> Place:
    return Place(datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo(zone)), zone, country, currency)


PLACES = {
    "en": _place("America/New_York", "US", "USD"),
    "gb": _place("Europe/London", "GB", "GBP"),
    "th": _place("Asia/Bangkok", "TH", "THB"),
    "vi": _place("Asia/Ho_Chi_Minh", "VN", "VND"),
    "pt": _place("America/Sao_Paulo", "BR", "BRL"),
    "es": _place("Europe/Madrid", "ES", "EUR"),
    "mx": _place("America/Mexico_City", "MX", "MXN"),
}


def named(where: str, text: str) -> tuple[Entity, ...]:
    """What the text names, read at that place in its own language."""
    return entities(text, PLACES[where], (), language(text))


def told(where: str, text: str) -> list[str]:
    """As "type value=normal", in order."""
    return [f"{one.type} {one.value}={one.normal}" for one in named(where, text)]
