"""What a customer is told when a person takes over, in their language, and whether an answer tells it already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rejoinder.text import fold
from rejoinder.text.sentences import sentences

_HANDED_OVER: Final[Mapping[str, str]] = {
    "en": "I'm passing you on to a colleague. They will answer you here.",
    "th": "ขอส่งต่อให้เจ้าหน้าที่ดูแลนะคะ เจ้าหน้าที่จะตอบกลับในแชทนี้ค่ะ",
    "vi": "Em xin chuyển bạn đến nhân viên hỗ trợ. Nhân viên sẽ trả lời bạn tại đây ạ.",
    "pt": "Vou passar você para um colega da equipe. A resposta chega por aqui.",
    "es": "Te paso con un compañero del equipo. Te responderá por aquí.",
}

SPOKEN: Final = frozenset(_HANDED_OVER)
"""The languages in which we tell it, and see that it is told."""

# Who comes, and what they do, in one sentence; folded, so without accents. Words of one language are none of another's
# that would change the meaning, so all are looked for at once: an answer may quote or mix languages.
_WHO: Final = re.compile(
    r"\b(?:colleague|co-?worker|team ?mate|team|agent|representative|human|staff|specialist|manager|operator|someone"
    r"|somebody|(?:a|real) person"
    r"|nhan vien|dong nghiep|chuyen vien|tu van vien|quan ly|bo phan"
    r"|colega|atendente|equipe|equipa|alguem|especialista|humano|pessoa|gerente|agente"
    r"|companer[oa]|equipo|alguien|persona|asesora?)(?:e?s)?\b"
    r"|เจ้าหน้าที่|ทีมงาน|พนักงาน|แอดมิน|ผู้จัดการ|เพื่อนร่วมงาน"
)
_DOES: Final = re.compile(
    r"\b(?:look|tak(?:e|ing) (?:over|care|this|it)|takes|contact|repl(?:y|ies)|respond|answer|reach|get|back to you"
    r"|follow|help|assist|pass(?!word)|hand|transfer|connect|forward|escalat|check|join|writ|call|review|handle|speak|talk"
    r"|tell|told|inform|be with you|ask|come|here"
    r"|lien he|tra loi|ho tro|chuyen|xem|kiem tra|phan hoi|giup|goi|tiep"
    r"|entra|assum|atend|ajud|encaminh|pass|verific|analis|fala|retorn|cuida|olha|avis|chama"
    r"|pas[ao]|respon|atiend|ayud|transf|deriv|revis|escrib|comunic|encarg|mira|llam|hablar"
    r")|ติดต่อ|ตอบ|ดูแล|ส่งต่อ|โอน|ช่วย|ตรวจสอบ|ประสาน|แจ้ง|เรียก"
)
_OFFERS: Final = re.compile(
    r"\?|\b(?:if|would you|shall i|neu|se quiser|se preferir|si quieres|si prefieres|si desea)\b"
    r"|(?:ไหม|มั้ย|หรือไม่|หรือเปล่า|หาก|ถ้า)"
)
"""A person who is offered does not come yet."""


def handed_over(language: str, own: str = "") -> str:
    """The bot's `own` words, else ours in that language; English where we don't speak it."""
    return own or _HANDED_OVER.get(language, _HANDED_OVER["en"])


def tells_of_a_person(text: str) -> bool:
    """Whether a text tells the customer that a person takes over, in a language we speak; an offer does not."""
    return any(
        _WHO.search(said) and _DOES.search(said) and not _OFFERS.search(said)
        for said in map(fold, sentences(text))
    )
