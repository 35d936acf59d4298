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

_DOCS = '/docs has every setting with its bounds; {"settings": {"check": {…}}} changes one section.'


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
        raise Invalid(f"{where}: {says}.", mend=_mend(where), where=where) from None
    # Beside the event loop: the first look at a provider's name may take a second.
    found = await asyncio.to_thread(problems, merged)
    if found:
        where = found[0][0]
        raise Invalid(" ".join(map(": ".join, found)), mend=_mend(where), where=where)
    return merged


def problems(settings: BotSettings) -> list[tuple[str, str]]:
    """What the settings name that there is not: the setting's path from `settings` on, and a sentence each."""
    own = unusable_entities(settings.understand.entities)
    models = (each.partition(": ") for each in unusable_models(settings.ask, settings.spend))
    found = [
        *(("understand.time_zone", each) for each in _time_zone(settings.understand.time_zone)),
        *(("understand.entities", each) for each in own),
        *_checks(settings.check),
        *((name, told) for name, _, told in models),
    ]
    return [(f"settings.{name}", told) for name, told in found]


def _mend(where: str) -> str:
    return f"Give another {where}, or leave it out. {_DOCS}"


def _checks(check: Check) -> Iterator[tuple[str, str]]:
    for name in unknown_checks(check.off):
        yield "check.off", f"There is no check {name!r}; there are {', '.join(CHECKS)}."
    for kind in unknown_kinds(check.redact):
        told = f"There is no kind of personal data {kind!r}; there are {', '.join(sorted(KINDS))}."
        yield "check.redact", told


def _time_zone(name: str) -> list[str]:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, or the name of a folder
        return [f"There is no time zone {name!r}; they are named as Asia/Bangkok."]
    return []
