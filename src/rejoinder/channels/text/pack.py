"""A reply as messages, each of which one request of its platform takes."""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.registry import platform
from rejoinder.channels.text.split import count, split
from rejoinder.conversations.content import Part, Text


@dataclass(frozen=True, slots=True)
class Packed:
    """One message: its text in words, and its parts where there is more than that one text."""

    text: str
    parts: tuple[Part, ...] = ()


def packed(platform_name: str, text: str, parts: tuple[Part, ...] = ()) -> list[Packed]:
    """The messages that a reply becomes on that platform, in order; `parts` stand instead of the text where given.

    A text that is too long for one request goes on in the next message. Everything else stays a message of its own.
    """
    adapter = platform(platform_name)
    if adapter is None:
        return [Packed(text, parts)]
    return pack(text, parts, adapter.limits)


def pack(text: str, parts: tuple[Part, ...], limits: Limits) -> list[Packed]:
    """The same by limits."""
    if not parts:
        return _texts(text, limits)
    if len(parts) == 1 and not isinstance(parts[0], Text):
        return [Packed(text, parts)]
    made: list[Packed] = []
    for part in parts:
        if isinstance(part, Text):
            made += _texts(part.text, limits)
        else:
            made.append(Packed(told(part) or text, (part,)))
    return made


def told(part: Part) -> str:
    """What a part says in words, where it says any."""
    said = getattr(part, "text", None) or getattr(part, "name", None)
    return said if isinstance(said, str) else ""


def _texts(text: str, limits: Limits) -> list[Packed]:
    if count(text, limits.unit) <= limits.text:
        return [Packed(text)]
    pieces = split(text, limits.text, limits.unit)
    groups = [
        pieces[at : at + limits.together] for at in range(0, len(pieces), max(1, limits.together))
    ]
    return [
        Packed(group[0])
        if len(group) == 1
        else Packed("\n".join(group), tuple(Text(text=piece) for piece in group))
        for group in groups
    ]
