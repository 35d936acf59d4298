"""The line that tells customers they are answered by an AI."""

from __future__ import annotations

from typing import Final

from rejoinder.bots.policies import Speak

_USUAL: Final = Speak().disclosure
_IN: Final = {
    "en": _USUAL,
    "th": "คุณกำลังสนทนากับผู้ช่วย AI",
    "vi": "Bạn đang trò chuyện với trợ lý AI.",
    "pt": "Você está conversando com um assistente de IA.",
    "es": "Está chateando con un asistente de IA.",
}


def disclosure(speak: Speak, language: str) -> str:
    """The line in the customer's language (ISO 639-1); one that was changed stands as it was written."""
    return _IN.get(language, _USUAL) if speak.disclosure == _USUAL else speak.disclosure.strip()


def with_disclosure(text: str, first: bool, speak: Speak, language: str = "en") -> str:
    """The reply after that line, where the settings want it: with the `first` of a conversation, with each, or never.

    A reply that is empty, or has the line, stays as it is.
    """
    wanted = speak.disclose == "each" or (speak.disclose == "first" and first)
    line = disclosure(speak, language)
    if not wanted or not text or not line or line in text:
        return text
    return f"{line}\n\n{text}"
