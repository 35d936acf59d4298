"""Which platforms there are, and what adapts each. Nothing else names them.

A platform of one's own plugs in through the entry point group `rejoinder.channels`: `name = "package.module:Class"`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from rejoinder.channels.pancake.post import Pancake
from rejoinder.channels.port.adapter import Platform
from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.channels.rest.callback import Callback
from rejoinder.errors import Setup

GROUP = "rejoinder.channels"

_PLATFORMS = {
    "whatsapp_cloud": "rejoinder.channels.whatsapp_cloud.adapter:WhatsAppCloud",
    "line": "rejoinder.channels.line.adapter:Line",
    "telegram": "rejoinder.channels.telegram.adapter:Telegram",
}
"""Chat platforms; imported when the first one is asked for."""

POSTED: dict[str, type[Callback | Pancake]] = {"rest": Callback, "pancake": Pancake}
"""Where replies are posted to a program of the caller's, and messages are handed in."""

_AWAITED = frozenset({"pancake"})


@cache
def platforms() -> tuple[str, ...]:
    """The names of all chat platforms, third parties' among them."""
    others = {each.name for each in entry_points(group=GROUP)}
    return (*_PLATFORMS, *sorted(others - _PLATFORMS.keys()))


@cache
def platform(name: str) -> Platform | None:
    """The adapter of a chat platform; None where there is none of that name. Raises Setup for one that is broken."""
    target = _PLATFORMS.get(name)
    if target is None:
        found = next(iter(entry_points(group=GROUP, name=name)), None)
        if found is None:
            return None
        target = found.value
    module, _, attribute = target.partition(":")
    try:
        adapter: type[Platform] = getattr(import_module(module), attribute)
        return adapter()
    except (ImportError, AttributeError, TypeError) as broken:
        raise Setup(
            f"The platform {name!r} can't be loaded from {target}: {broken}.",
            mend="Repair or remove the package that provides it.",
            code="platform_broken",
        ) from broken


def knows_repeats(outgoing: Outgoing) -> bool:
    """Whether its platform would know this message again, so that it may be sent twice and is taken once."""
    posted = POSTED.get(outgoing.platform)
    if posted is not None:
        return posted.knows_repeats(outgoing)
    adapter = platform(outgoing.platform)
    return adapter is not None and adapter.knows_repeats(outgoing)


def is_awaited(name: str) -> bool:
    """Whether callers wait for the end of a delivery there: they are woken when it comes."""
    return name in _AWAITED
