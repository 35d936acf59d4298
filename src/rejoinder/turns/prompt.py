"""What the model is told: who it is, how to answer, what is known, what was said."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.bots.model import Bot
from rejoinder.knowledge.model import Found
from rejoinder.llm.model import Line, Passage, Prompt
from rejoinder.turns.model import Asked

_MANNER = """You answer customers who write to this business in a chat.
- Answer in the language of the customer's newest messages, in the voice described above, shortly, as one
  writes in a chat.
- Several unanswered messages are one thought: answer all of it in one reply.
- Facts about the business come from the passages only. If they do not hold the answer, say that you don't know
  and offer a person.
- Decide: "answer" to reply; "hand_off" when the customer asks for a person or needs one, with a short reply that
  says so; "silent" when no reply is due."""


def compose(
    bot: Bot, history: Sequence[Asked], asked: Sequence[Asked], found: Sequence[Found]
) -> Prompt:
    """The prompt of one turn."""
    return Prompt(
        instructions=f"You are {bot.name}. {bot.persona}\n\n{_MANNER}",
        passages=tuple(Passage(_title(piece), piece.text, piece.score) for piece in found),
        history=tuple(
            Line("customer" if message.sender_type == "customer" else "business", message.said)
            for message in history
        ),
        asked=tuple(message.said for message in asked),
    )


def _title(piece: Found) -> str:
    return " › ".join(part for part in (piece.title, piece.heading) if part)
