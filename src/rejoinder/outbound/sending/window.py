"""The platform's window: for how long after the customer's last message it takes free text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from pydantic import JsonValue

from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.port.outgoing import Outgoing, WindowClosed
from rejoinder.channels.text.split import shorten
from rejoinder.conversations.content import Template, stored

_ROOM = 700
"""For `{text}`: WhatsApp shows 1,024 characters of a template's body, and its own words take some of them."""

TEXT = "{text}"


def fitted(outgoing: Outgoing, limits: Limits) -> Outgoing | WindowClosed:
    """What may leave now: the message itself, the channel's template in its place, or nothing.

    Nothing is asked of the platform that it is known to refuse.
    """
    if _is_template(outgoing):
        return outgoing
    if not (outgoing.as_template or is_closed(outgoing, limits.window)):
        return outgoing
    template = template_of(outgoing.settings, outgoing.text, limits)
    if template is None:
        return WindowClosed(_why(outgoing, limits.window))
    return replace(outgoing, content=stored((template,)), kind="template", as_template=True)


def is_closed(outgoing: Outgoing, window: timedelta | None) -> bool:
    """Whether the platform takes no free text any more; at the very end of it the platform decides."""
    if window is None:
        return False
    return outgoing.silent_for is None or outgoing.silent_for >= window


def may_be_template(outgoing: Outgoing) -> bool:
    """Whether the channel's template may go in its place."""
    return "window_template" in outgoing.settings and not (
        outgoing.as_template or _is_template(outgoing)
    )


def template_of(settings: Mapping[str, JsonValue], text: str, limits: Limits) -> Template | None:
    """The channel's template with the reply in it, on one line, as templates want it.

    None without one, and where it quotes the reply and that has no words: a picture would be lost in silence.
    """
    match settings.get("window_template"):
        case {"name": str(name), "language": str(language), **others}:
            given = others.get("parameters")
        case _:
            return None
    flat = shorten(" ".join(text.split()), min(_ROOM, limits.text), limits.unit)
    parameters = given if isinstance(given, list) else []
    if not flat and any(TEXT in str(each) for each in parameters):
        return None
    return Template(
        name=name,
        language=language,
        parameters=tuple(str(each).replace(TEXT, flat) for each in parameters),
    )


def _is_template(outgoing: Outgoing) -> bool:
    return any(
        isinstance(part, dict) and part.get("kind") == "template" for part in outgoing.content
    )


def _why(outgoing: Outgoing, window: timedelta | None) -> str:
    silent_for = outgoing.silent_for
    hours = window.total_seconds() / 3600 if window else 0
    ago = (
        "the customer has never written"
        if silent_for is None
        else f"the customer last wrote {silent_for.total_seconds() / 3600:.1f} hours ago"
    )
    limit = f", and the platform takes free text for {hours:g} hours only" if window else ""
    return (
        f"the window is closed: {ago}{limit}; send it again when the customer has written, "
        "or give the channel a window_template"
    )
