"""What the house says by itself, in the customer's language: a wish confirmed, a message that can't be read."""

from __future__ import annotations

from typing import Final

from rejoinder.bots.model import OPTED_IN, OPTED_OUT, UNSUPPORTED

# The words that are asked for are among text/vocabulary/consent.txt.
_IN: Final = {
    OPTED_OUT: {
        "th": "เราจะไม่ส่งข้อความถึงคุณอีก หากต้องการรับข้อความอีกครั้ง พิมพ์ เริ่ม",
        "vi": "Chúng tôi sẽ không gửi tin nhắn cho bạn nữa. Nếu muốn nhận lại, hãy viết BẮT ĐẦU.",
        "pt": "Você não receberá mais mensagens nossas. Para voltar a receber, escreva INICIAR.",
        "es": "No recibirá más mensajes nuestros. Si los quiere de nuevo, escriba COMENZAR.",
    },
    OPTED_IN: {
        "th": "คุณจะได้รับข้อความจากเราอีกครั้ง หากต้องการหยุดรับ พิมพ์ หยุด",
        "vi": "Bạn sẽ lại nhận được tin nhắn của chúng tôi. Nếu muốn dừng, hãy viết DỪNG.",
        "pt": "Você voltará a receber nossas mensagens. Para parar, escreva PARAR.",
        "es": "Recibirá de nuevo nuestros mensajes. Para que cesen, escriba ALTO.",
    },
    UNSUPPORTED: {
        "th": "ขออภัย เราอ่านข้อความประเภทนี้ไม่ได้ ช่วยพิมพ์เป็นข้อความได้ไหม",
        "vi": "Rất tiếc, chúng tôi không đọc được loại tin nhắn này. Bạn viết bằng chữ giúp nhé?",
        "pt": "Desculpe, não consigo ler este tipo de mensagem. Pode escrever em texto?",
        "es": "Lo siento, no puedo leer este tipo de mensaje. ¿Puede escribirlo como texto?",
    },
}


def is_usual(text: str) -> bool:
    """Whether it is one of the usual texts; one that was changed stands as it was written."""
    return text in _IN


def in_language(text: str, language: str | None) -> str:
    """A usual text in that language (ISO 639-1); in English where it has no other."""
    return _IN.get(text, {}).get(language or "", text)
