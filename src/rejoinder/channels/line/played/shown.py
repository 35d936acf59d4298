"""What a customer is shown of a message object."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from rejoinder.channels.line.form.action import Object
from rejoinder.channels.line.reading import record, text


def words(message: Object) -> str:
    """Its words, or an address for a file."""
    template = record(message.get("template"))
    for found in (
        message.get("text"),
        template.get("text"),
        message.get("altText"),
        message.get("originalContentUrl"),
        message.get("title"),
        message.get("stickerId"),
    ):
        if shown := text(found):
            return shown
    return ""


def taps(message: JsonValue) -> Iterator[Object]:
    """Everything that can be tapped, in order."""
    if isinstance(message, list):
        for each in message:
            yield from taps(each)
    if not isinstance(message, dict):
        return
    if message.get("type") in ("message", "postback", "uri") and "label" in message:
        yield message
        return
    for each in message.values():
        yield from taps(each)


def title(tap: Object) -> str:
    """What the customer reads on it, in full where that is known."""
    return text(tap.get("displayText")) or text(tap.get("text")) or text(tap.get("label")) or ""
