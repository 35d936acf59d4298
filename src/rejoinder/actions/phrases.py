"""What customers say instead of an answer, and what they are told when theirs can't be used, in five languages."""

from __future__ import annotations

import re
from typing import Final

from rejoinder.text.fold import fold

_LONGEST = 80
"""Characters: in a longer message these words are part of something else."""

_SIGNS = re.compile(r"[!-/:-@\[-`{-~…“”‘’¿¡。、]+")
_QUESTION_SIGN = re.compile(r"[?？]")

_DECLINES = (
    # English
    *("never mind", "nevermind", "forget it", "forget about it", "no thanks", "no thank you"),
    *("rather not", "prefer not", "dont want to", "do not want to", "not now", "not telling"),
    *(
        "skip",
        "skip it",
        "skip this",
        "leave it",
        "no need",
        "not comfortable",
        "none of your business",
    ),
    # Vietnamese
    *(
        "thoi",
        "thoi khoi",
        "bo qua",
        "khong can",
        "khong muon",
        "de sau",
        "khoi can",
        "khong tien",
        "ngai",
    ),
    # Portuguese
    *("deixa pra la", "deixa para la", "deixa quieto", "esquece", "prefiro nao", "nao quero"),
    *("nao precisa", "agora nao", "pula", "pular", "melhor nao"),
    # Spanish
    *("olvidalo", "olvidelo", "no importa", "dejalo", "dejelo", "prefiero no", "no quiero"),
    *("no hace falta", "ahora no", "mejor no", "da igual", "saltar"),
)
_DECLINES_THAI = (
    *("ไม่เป็นไร", "ช่างมัน", "ช่างเถอะ", "ไม่สะดวก", "ไม่บอก", "ไม่อยากบอก", "ไม่ต้อง", "ไม่ให้"),
    *("ไม่เอา", "ข้าม", "ไว้ก่อน", "ทีหลัง", "ขอไม่"),
)
_HAVE_NONE = (
    *("dont have", "do not have", "i have no", "havent got", "khong co", "nao tenho", "no tengo"),
)
_HAVE_NONE_THAI = ("ไม่มี",)
"""To be asked for a text, an allergy for instance, and to have none, is an answer."""

_WAITS = frozenset(
    fold(each)
    for each in (
        *(
            "ok",
            "okay",
            "sure",
            "yes",
            "yeah",
            "yep",
            "alright",
            "of course",
            "hi",
            "hello",
            "thanks",
        ),
        *("one moment", "one sec", "hold on", "wait", "just a moment", "a moment please"),
        *("ครับ", "ค่ะ", "คะ", "ได้", "ได้ครับ", "ได้ค่ะ", "โอเค", "รอแป๊บ", "รอสักครู่", "แป๊บนะ", "สักครู่"),
        *("vâng", "dạ", "dạ vâng", "ừ", "được", "chờ chút", "đợi chút", "chờ xíu", "đợi em chút"),
        *(
            "sim",
            "claro",
            "tá",
            "tá bom",
            "um momento",
            "só um momento",
            "espera",
            "peraí",
            "beleza",
        ),
        *("sí", "vale", "bueno", "un momento", "espere", "dale", "un segundo"),
    )
)

_ASKS = re.compile(
    r"^(?:what|whats|how|when|where|why|who|which|can|could|do|does|did|is|are|will|would|should"
    r"|quanto|quantos|quando|onde|como|qual|quais|por que|porque|o que|sera que"
    r"|cuanto|cuantos|cuando|donde|cual|cuales|que|puedo|puede|tienen|tiene|hay"
    r"|bao nhieu|khi nao|o dau|tai sao|vi sao|lam sao)\b"
    r"|\b(?:bao nhieu|the nao|o dau|khi nao|la gi|duoc khong|co khong|phai khong)\b"
    r"|(?:ไหม|มั้ย|หรือเปล่า|หรือไม่|เท่าไหร่|เท่าไร|ที่ไหน|เมื่อไหร่|เมื่อไร|ยังไง|อย่างไร|ทำไม|อะไร)"
)

_WRONG: Final[dict[str, dict[str, str]]] = {
    "en": {
        "email": "That doesn't look like a complete e-mail address, like name@example.com.",
        "phone": "That doesn't look like a complete phone number. Please add the area or country code.",
        "date": "I couldn't read that as a date, like 24 March.",
        "time": "I couldn't read that as a time, like 14:30.",
        "name": "I couldn't read that as a name.",
        "quantity": "I couldn't read that as a number, like 2.",
        "": "I'm sorry, I can't use that answer.",
    },
    "th": {
        "email": "ดูเหมือนอีเมลยังไม่ครบนะคะ ตัวอย่างเช่น name@example.com ค่ะ",
        "phone": "ดูเหมือนเบอร์โทรยังไม่ครบนะคะ รบกวนพิมพ์เบอร์ให้ครบทุกหลักค่ะ",
        "date": "ขออภัยค่ะ อ่านวันที่ไม่ออก ตัวอย่างเช่น 24 มีนาคม ค่ะ",
        "time": "ขออภัยค่ะ อ่านเวลาไม่ออก ตัวอย่างเช่น 14:30 ค่ะ",
        "name": "ขออภัยค่ะ อ่านชื่อไม่ออกค่ะ",
        "quantity": "ขออภัยค่ะ รบกวนพิมพ์เป็นตัวเลข เช่น 2 ค่ะ",
        "": "ขออภัยค่ะ ข้อมูลนี้ยังใช้ไม่ได้ค่ะ",
    },
    "vi": {
        "email": "Địa chỉ email có vẻ chưa đầy đủ, ví dụ name@example.com ạ.",
        "phone": "Số điện thoại có vẻ chưa đầy đủ, bạn ghi đủ các chữ số giúp em ạ.",
        "date": "Em chưa đọc được ngày này, ví dụ 24/3 ạ.",
        "time": "Em chưa đọc được giờ này, ví dụ 14:30 ạ.",
        "name": "Em chưa đọc được tên ạ.",
        "quantity": "Em chưa đọc được con số này, ví dụ 2 ạ.",
        "": "Xin lỗi bạn, em chưa dùng được câu trả lời này ạ.",
    },
    "pt": {
        "email": "Esse e-mail parece incompleto. Um exemplo: nome@example.com.",
        "phone": "Esse telefone parece incompleto. Inclua o DDD ou o código do país, por favor.",
        "date": "Não consegui ler isso como uma data, como 24 de março.",
        "time": "Não consegui ler isso como um horário, como 14:30.",
        "name": "Não consegui ler isso como um nome.",
        "quantity": "Não consegui ler isso como um número, como 2.",
        "": "Desculpe, não consegui usar essa resposta.",
    },
    "es": {
        "email": "Ese correo parece incompleto. Un ejemplo: nombre@example.com.",
        "phone": "Ese teléfono parece incompleto. Incluye el prefijo, por favor.",
        "date": "No pude leer eso como una fecha, como 24 de marzo.",
        "time": "No pude leer eso como una hora, como 14:30.",
        "name": "No pude leer eso como un nombre.",
        "quantity": "No pude leer eso como un número, como 2.",
        "": "Lo siento, no puedo usar esa respuesta.",
    },
}


def wrong(kind: str, language: str) -> str:
    """What is wrong with an answer of that kind; in English where we don't speak the language."""
    told = _WRONG.get(language, _WRONG["en"])
    return told.get(kind, told[""])


def declines(text: str, *, free: bool) -> bool:
    """Whether a message says no more than that its author will not tell; a `free` text may be that there is none."""
    said = _bare(text)
    if len(said) > _LONGEST:
        return False
    plain = _DECLINES if free else (*_DECLINES, *_HAVE_NONE)
    thai = _DECLINES_THAI if free else (*_DECLINES_THAI, *_HAVE_NONE_THAI)
    return any(f" {each} " in f" {said} " for each in plain) or any(each in said for each in thai)


def waits(text: str) -> bool:
    """Whether a message only agrees, greets or asks for a moment."""
    return _bare(text) in _WAITS


def is_question(text: str) -> bool:
    """Whether it asks something, as far as a sign or a first word shows."""
    return bool(_QUESTION_SIGN.search(text) or _ASKS.search(_bare(text)))


def _bare(text: str) -> str:
    """Folded, without signs: "don't" is "dont"."""
    folded = fold(text).replace("'", "").replace("’", "")
    return " ".join(_SIGNS.sub(" ", folded).split())
