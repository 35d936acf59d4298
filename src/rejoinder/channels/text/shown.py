"""Whether a platform has a form of its own for what is said."""

from __future__ import annotations

from rejoinder.channels.registry import POSTED, platform
from rejoinder.conversations.written.parts import Written

CHAT_PAGE = frozenset({"quick_replies", "buttons", "carousel"})
"""What our own chat page shows as such (widget/static/parts.js)."""


def warnings(name: str, message: Written) -> list[str]:
    """What the platform of that name has no form of its own for, and what the customer gets instead."""
    if not message.parts or name == "rest" or (name == "widget" and message.kind in CHAT_PAGE):
        return []
    if name in POSTED or name == "widget":
        return [f"{name} passes on text only: the {message.kind} is said in words."]
    adapter = platform(name)
    if adapter is None or message.kind in adapter.capabilities.kinds:
        return []
    return [
        f"{adapter.title} has no {message.kind} of its own: the customer gets it in words, as far as that can be."
    ]
