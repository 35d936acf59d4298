"""Which persona speaks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from rejoinder.bots.voice.model import Persona


def pick(personas: Sequence[Persona], channel_id: UUID | None) -> Persona | None:
    """The channel's default, else its oldest, else the default of the whole bot; of active ones. None: the bot's name.

    A channel's default comes first, so that one office may greet otherwise than the rest.
    """
    active = [persona for persona in personas if persona.active]
    here = [each for each in active if channel_id is not None and each.channel_id == channel_id]
    everywhere = [each for each in active if each.channel_id is None and each.is_default]
    defaults = [each for each in here if each.is_default]
    return next(iter([*defaults, *here, *everywhere]), None)


def signed(text: str, persona: Persona | None) -> str:
    """The reply with the persona's signature under it, once; an empty reply stays empty."""
    signature = persona.signature.strip() if persona else ""
    if not signature or not text or text.rstrip().endswith(signature):
        return text
    return f"{text}\n\n{signature}"
