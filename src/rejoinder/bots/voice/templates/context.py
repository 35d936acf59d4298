"""What a template knows, by the names it is written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

KNOWN: Mapping[str, frozenset[str] | None] = {
    "contact": frozenset({"name", "language", "tags", "attributes"}),
    "bot": frozenset({"name"}),
    "persona": frozenset({"name"}),
    "now": frozenset({"date", "time", "hour", "weekday"}),
    "entities": None,
    "intent": frozenset(),
    "language": frozenset(),
    "message": frozenset(),
}
"""The variables and what each has; None for whatever was found, nothing for a text."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is in the business's or the contact's time zone; `entities` are normal forms by type; `message` is what
    the customer wrote."""

    now: datetime
    bot: str
    persona: str = ""
    contact: str = ""
    contact_language: str = ""
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    intent: str = ""
    language: str = ""
    entities: Mapping[str, str] = field(default_factory=dict)
    message: str = ""

    def variables(self) -> dict[str, object]:
        """As templates see it. What is empty is left out: a template that needs it doesn't fit."""
        contact: dict[str, object] = {
            "name": self.contact,
            "language": self.contact_language,
            "attributes": _given(self.attributes),
            "tags": self.tags,
        }
        return {
            "contact": {name: value for name, value in contact.items() if value != ""},
            "bot": _given({"name": self.bot}),
            "persona": _given({"name": self.persona or self.bot}),
            "now": {
                "date": f"{self.now:%Y-%m-%d}",
                "time": f"{self.now:%H:%M}",
                "hour": self.now.hour,
                "weekday": _WEEKDAYS[self.now.weekday()],
            },
            "entities": _given(self.entities),
            **_given({"intent": self.intent, "language": self.language, "message": self.message}),
        }


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
