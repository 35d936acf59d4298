"""What a customer is told when a person takes over, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# In Thai without a particle, in Vietnamese without a word for oneself: either would tell who the bot is, which its
# persona does, perhaps otherwise.
_HANDED_OVER: Final[Mapping[str, str]] = {
    "en": "I'm passing you on to a colleague. They will answer you here.",
    "th": "ขอส่งต่อให้เจ้าหน้าที่ดูแล เจ้าหน้าที่จะตอบกลับในแชทนี้",
    "vi": "Xin được chuyển bạn đến nhân viên hỗ trợ. Nhân viên sẽ trả lời bạn tại đây.",
    "pt": "Vou passar você para um colega da equipe. A resposta chega por aqui.",
    "es": "Te paso con un compañero del equipo. Te responderá por aquí.",
}

SPOKEN: Final = frozenset(_HANDED_OVER)
"""The languages in which we tell it, and see that it is told."""


def handed_over(language: str, own: str = "") -> str:
    """The bot's `own` words, else ours in that language; English where we don't speak it."""
    return own or _HANDED_OVER.get(language, _HANDED_OVER["en"])
