"""What is known, as the parts of a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.channels.text.shown import surface
from rejoinder.knowledge import Found
from rejoinder.llm.model import Attachment, Line, Passage
from rejoinder.turns.answering.model import Window
from rejoinder.turns.answering.understand import Understood
from rejoinder.turns.prompt.model import Awaited, Profile, PromptFacts


def prompt_facts(
    window: Window,
    understood: Understood,
    found: Sequence[Found],
    platform: str,
    attachments: tuple[Attachment, ...] = (),
) -> PromptFacts:
    """All that a turn's prompt may tell, in plain words."""
    resources = window.resources
    return PromptFacts(
        bot=window.bot,
        asked=tuple(message.said for message in window.asked),
        persona=window.persona,
        history=tuple(
            Line("customer" if message.sender_type == "customer" else "business", message.said)
            for message in window.history
        ),
        passages=tuple(Passage(piece.label, piece.text, piece.score) for piece in found),
        summary=window.profile.summary,
        profile=_profile(window),
        understanding=understood.local,
        surface=surface(platform),
        awaited=_awaited(window),
        resources="" if resources is None else to_json(resources).decode(),
        attachments=attachments,
        mode=window.mode,
        first=window.first,
    )


def _profile(window: Window) -> Profile:
    known = window.profile
    return Profile(
        name=known.display_name or "",
        language=known.language or "",
        time_zone=window.zone,
        local_time=window.local_time,
        attributes={name: _words(value) for name, value in known.attributes.items()},
        tags=tuple(sorted(known.tags)),
        earlier=known.earlier,
        last_at=known.earlier_at,
        satisfaction=known.satisfaction,
    )


def _words(value: JsonValue) -> str:
    return value if isinstance(value, str) else to_json(value).decode()


def _awaited(window: Window) -> Awaited | None:
    asked = window.profile.collecting
    if not asked:
        return None
    return Awaited(str(asked.get("field", "")), str(asked.get("kind", "text")))
