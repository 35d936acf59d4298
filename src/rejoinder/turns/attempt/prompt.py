"""What the model is told: who it is, how to answer, what is known, what was said."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.bots.model import Bot
from rejoinder.knowledge.model import Found
from rejoinder.llm.model import Attachment, Line, Passage, Prompt
from rejoinder.turns.model import Asked

_MANNER = "You answer customers who write to this business in a chat: shortly, as one writes there, in your own voice."


def compose(
    bot: Bot,
    history: Sequence[Asked],
    asked: Sequence[Asked],
    found: Sequence[Found],
    resources: JsonValue = None,
    attachments: tuple[Attachment, ...] = (),
) -> Prompt:
    """The prompt of one turn."""
    return Prompt(
        instructions=f"You are {bot.name}. {bot.persona}\n\n{_MANNER}",
        passages=tuple(Passage(piece.label, piece.text, piece.score) for piece in found),
        history=tuple(
            Line("customer" if message.sender_type == "customer" else "business", message.said)
            for message in history
        ),
        asked=tuple(message.said for message in asked),
        context="" if resources is None else to_json(resources).decode(),
        attachments=attachments,
    )
