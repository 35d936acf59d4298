"""What a channel can show of what is said."""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.channels.registry import POSTED, platform
from rejoinder.conversations.written.parts import Written


@dataclass(frozen=True, slots=True)
class Surface:
    """Where messages are read: its name in words, its longest text in characters (None: no bound), and the kinds of
    parts it has a form of its own for (as Capabilities.kinds; None where nobody knows)."""

    title: str
    longest: int | None = None
    kinds: frozenset[str] | None = None


CHAT_PAGE = Surface(
    "the web chat", kinds=frozenset({"text", "quick_replies", "buttons", "carousel"})
)
"""widget/static/parts.js; whatever else there is, it shows in words."""


def surface(name: str) -> Surface:
    """Of the platform of that name. What a caller's own program shows, and one that is not here, nobody knows."""
    if name == "widget":
        return CHAT_PAGE
    if name in POSTED:
        return Surface(name, kinds=POSTED[name].kinds)
    adapter = platform(name)
    if adapter is None:
        return Surface(name)
    return Surface(adapter.title, adapter.limits.text, adapter.capabilities.kinds)


def warnings(name: str, message: Written) -> list[str]:
    """What the platform of that name has no form of its own for, and what the customer gets instead."""
    found = surface(name)
    if not message.parts or found.kinds is None or message.kind in found.kinds:
        return []
    if name in POSTED or name == "widget":
        return [f"{name} passes on text only: the {message.kind} is said in words."]
    return [
        f"{found.title} has no {message.kind} of its own: the customer gets it in words, as far as that can be."
    ]
