"""What a line of chat wants when it asks nothing of the knowledge base."""

from __future__ import annotations

import re
from typing import Literal

from rejoinder.text import fold, terms

Intent = Literal["person", "identity", "greeting", "goodbye", "thanks", "question", "chatter"]

# All patterns see folded text: lower case, Latin accents gone.
_PERSON = re.compile(
    r"\b(?:speak|talk|chat|connect|transfer|put|pass) (?:me )?(?:\w+ )?(?:to|with|through to) "
    r"(?:\w+ ){0,2}(?:human|person|agent|someone|somebody|staff|representative|rep|operator|manager|people)\b"
    r"|\b(?:real|actual|live) (?:human|person|agent|people)\b"
    r"|\b(?:need|want|get me|give me) (?:an? |to see |the )?(?:human|agent|operator|representative|person)\b"
    r"|\A(?:human|agent|operator|person|representative|staff)(?: please| pls)?\W*\Z"
    r"|\bfalar (?:com|c/) (?:\w+ ){0,2}(?:humano|pessoa|atendente|alguem|gente|funcionario|vendedor|gerente)\b"
    r"|\b(?:quero|preciso de|chama|chame) (?:um |uma |o |a )?(?:humano|atendente|pessoa)\b"
    r"|\bpessoa (?:de verdade|real)\b|\A(?:atendente|humano)(?: por favor| pfv)?\W*\Z"
    r"|\b(?:hablar|comunicarme|contactar|chatear) con (?:\w+ ){0,2}"
    r"(?:humano|persona|agente|asesor[a]?|alguien|gente|encargad[oa]|gerente|operador[a]?)\b"
    r"|\b(?:quiero|necesito) (?:un |una )?(?:humano|agente|asesor[a]?|persona)\b"
    r"|\bpersona (?:de verdad|real)\b|\A(?:agente|asesor|humano)(?: por favor| porfa)?\W*\Z"
    r"|\b(?:gap|noi chuyen voi|chat voi|lien he|ket noi(?: voi)?) (?:\w+ ){0,2}"
    r"(?:nhan vien|nguoi that|tu van vien|quan ly|nguoi)\b|\bnguoi that\b|\A(?:nhan vien|tu van vien)\W*\Z"
    r"|(?:คุย|ติดต่อ|พูด|สอบถาม|ขอสาย|ตาม|เรียก)(?:กับ|หา)?(?:คนจริง|คน|พนักงาน|เจ้าหน้าที่|แอดมิน)|คนจริงๆ?"
    r"|ขอ(?:พนักงาน|เจ้าหน้าที่)"
)
_IDENTITY = re.compile(
    r"\b(?:are|r) (?:you|u) (?:an? |the )?(?:\w+ )?(?:bot|robot|ai|human|machine|person|chatgpt|gpt|computer)\b"
    r"|\b(?:who|what) (?:are|r) (?:you|u)\b|\bam i (?:talking|chatting|speaking) (?:to|with)\b"
    r"|\b(?:voce|vc|tu) e (?:um |uma )?(?:robo|bot|ia|humano|pessoa|maquina)\b|\bquem e (?:voce|vc)\b"
    r"|\bisso e um (?:robo|bot)\b"
    r"|\b(?:eres|sos|es usted|esto es) (?:un |una )?(?:robot|bot|ia|human[oa]|persona|maquina)\b"
    r"|\bquien (?:eres|sos|es usted)\b"
    r"|\bban la (?:ai|robot|bot|nguoi|may)\b|\b(?:day|ad) la (?:bot|robot|may)\b"
    r"|(?:เป็น|คือ|ใช่)(?:บอท|บอต|หุ่นยนต์|ai|คน(?:จริง)?(?:หรือ|รึ|ไหม|มั้ย))|คุณ(?:เป็น|คือ)ใคร|(?<!ไม่มี)ใครตอบ"
)
_GREETING = re.compile(
    r"\b(?:hi+|hello+|hey+|hiya|good (?:morning|afternoon|evening|day)|\A\W*oi+|ola|bom dia|boa (?:tarde|noite)"
    r"|tudo bem|xin chao|chao|alo|hola|buen[oa]s (?:dias|tardes|noches)|buen dia|que tal"
    r"|bonjour|hallo|halo)\b|สวัสดี|หวัดดี|ดีจ้า|ดีครับ|ดีค่ะ|ฮัลโหล"
)
_GOODBYE = re.compile(
    r"\b(?:bye+|goodbye|good night|see (?:you|ya)|tchau|ate (?:logo|mais|breve)|adios"
    r"|hasta (?:luego|pronto|manana)|nos vemos|tam biet|hen gap lai)\b"
    r"|ลาก่อน|บ๊ายบาย|บาย"
)
_THANKS = re.compile(
    r"\b(?:thanks?|thank you|thx|tks|ty|cheers|great|perfect|got it|ok(?:ay|ie|e)?|cool|nice|brigad[oa]|obrigad[oa]"
    r"|valeu|vlw|blz|beleza|entendi|cam on|cam \w+n|da vang|vang|merci|gracias|vale|genial|perfecto"
    r"|entendido|danke)\b|ขอบคุณ|ขอบใจ|โอเค|รับทราบ"
)
_YES = re.compile(
    r"\A\W*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|please|pls|sim|quero|claro|pode ser|por favor|si|quiero|vale|bueno|dale"
    r"|co|vang|da|duoc|muon"
    r"|ใช่|ต้องการ|ได้|เอา|โอเค)\b.{0,30}\Z|\A\W*(?:ใช่|ต้องการ|ได้|เอา|โอเค)"
)
_QUESTION = re.compile(
    r"\?|\A\W*(?:what|when|where|which|who|how|why|can|could|do|does|did|is|are|will|would|have|has)\b"
    r"|\b(?:quanto|quando|onde|qual|quais|como|posso|tem|voces|vcs)\b"
    r"|\b(?:cuant[oa]s?|cuando|donde|cuales?|puedo|pueden|tienen|hay|\A\W*(?:quien|por que|aceptan|hacen))\b"
    r"|\b(?:khong|ko|gi|nao|bao nhieu|bao lau|may gio|o dau|sao|the nao|chua)\b"
    r"|ไหม|มั้ย|อะไร|เท่าไ|ที่ไหน|ยังไง|อย่างไร|กี่|เมื่อไ|หรือเปล่า|หรือไม่|ป่าว|บ้าง|ได้ป่ะ"
)
_WORDY = 2  # terms left over beside small talk make it more than small talk


def intent(line: str) -> Intent:
    """What one sentence wants; "question" leaves it to the knowledge base, "chatter" needs no answer."""
    folded = fold(line)
    if _IDENTITY.search(folded):
        return "identity"
    if _PERSON.search(folded):
        return "person"
    for name, pattern in _SMALL_TALK:
        if pattern.search(folded) and not _rest(pattern, folded):
            return name
    return "question" if terms(line) else "chatter"


def asks(line: str) -> bool:
    """Whether the sentence is put as a question, so that leaving it out would be noticed."""
    return bool(_QUESTION.search(fold(line)))


def agrees(line: str) -> bool:
    """Whether it says yes to an offer."""
    return bool(_YES.search(fold(line)))


def _rest(pattern: re.Pattern[str], folded: str) -> bool:
    """Whether more is said than the small talk: "good morning all", but not "good morning, any decaf"."""
    rest = folded
    for _, small in _SMALL_TALK:
        rest = small.sub(" ", rest)
    return bool(asks(rest) and terms(rest)) or len(terms(rest)) >= _WORDY


_SMALL_TALK: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("thanks", _THANKS),
    ("goodbye", _GOODBYE),
    ("greeting", _GREETING),
)
