"""A bot's settings as a caller changes them: merged by section, and refused where they name what there is not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from pydantic import JsonValue, ValidationError

from rejoinder.bots.policies import BotSettings, Check
from rejoinder.errors import Invalid
from rejoinder.guard.names import CHECKS
from rejoinder.guard.names import unknown as unknown_checks
from rejoinder.guard.redact import KINDS, unknown_kinds
from rejoinder.llm.chains import problems as unusable_models
from rejoinder.understanding.naming.own import checked as unusable_entities

_MEND = '/docs has every setting with its bounds; {"settings": {"check": {…}}} changes one section.'


async def changed(settings: BotSettings, change: Mapping[str, JsonValue]) -> BotSettings:
    """The settings with what `change` gives of each section. Raises Invalid, `where` naming the setting."""
    if not change:
        return settings
    try:
        merged = settings.merged(dict(change))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        where = ".".join(("settings", *map(str, first["loc"])))
        says = "is no setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise Invalid(f"{where}: {says}.", mend=_MEND, where=where) from None
    # Beside the event loop: the first look at a provider's name may take a second.
    found = await asyncio.to_thread(problems, merged)
    if found:
        raise Invalid(" ".join(found), mend=_MEND, where="settings")
    return merged


def problems(settings: BotSettings) -> list[str]:
    """What the settings name that there is not, a sentence each."""
    return [
        *_time_zone(settings.understand.time_zone),
        *unusable_entities(settings.understand.entities),
        *_checks(settings.check),
        *unusable_models(settings.ask, settings.spend),
    ]


def _checks(check: Check) -> Iterator[str]:
    for name in unknown_checks(check.off):
        yield f"There is no check {name!r}; there are {', '.join(CHECKS)}."
    for kind in unknown_kinds(check.redact):
        yield f"There is no kind of personal data {kind!r}; there are {', '.join(sorted(KINDS))}."


def _time_zone(name: str) -> list[str]:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, or the name of a folder
        return [f"There is no time zone {name!r}; they are named as Asia/Bangkok."]
    return []
