"""The set texts of the local model, in the languages it speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's texts; `offer` ends every "I don't know", so a "yes" to it can be recognised."""

    greeting: str
    thanks: str
    goodbye: str
    identity: str
    hand_off: str
    unknown: str
    rest_unknown: str
    offer: str
    foreign: str


_PHRASES = {
    "en": Phrases(
        greeting="Hello! What would you like to know?",
        thanks="You're welcome! Just write if there is anything else.",
        goodbye="Goodbye, and thank you for writing!",
        identity=(
            "I'm an automatic assistant. I'm a small local program, not a large language model: I look"
            " up answers in this business's own information."
        ),
        hand_off="I'm passing you on to a person. They will reply here.",
        unknown="Sorry, I don't know that.",
        rest_unknown="The rest I don't know, sorry.",
        offer="Would you like a person to answer?",
        foreign="I have this in another language only:",
    ),
    "th": Phrases(
        greeting="สวัสดีครับ มีอะไรให้ช่วยไหมครับ",
        thanks="ยินดีครับ มีอะไรสอบถามเพิ่มเติมได้เลยครับ",
        goodbye="ขอบคุณที่ติดต่อมาครับ สวัสดีครับ",
        identity=(
            "ผมเป็นระบบตอบอัตโนมัติครับ เป็นโปรแกรมขนาดเล็กในเครื่อง ไม่ใช่โมเดลภาษาขนาดใหญ่ ตอบจากข้อมูลของร้านเท่านั้นครับ"
        ),
        hand_off="กำลังส่งต่อให้เจ้าหน้าที่ครับ เจ้าหน้าที่จะตอบในแชทนี้ครับ",
        unknown="ขออภัยครับ เรื่องนี้ผมไม่ทราบครับ",
        rest_unknown="ส่วนเรื่องอื่นผมไม่ทราบครับ ขออภัยด้วยครับ",
        offer="ต้องการให้เจ้าหน้าที่ตอบไหมครับ",
        foreign="มีข้อมูลนี้เป็นภาษาอื่นเท่านั้นครับ:",
    ),
    "vi": Phrases(
        greeting="Xin chào! Tôi có thể giúp gì cho bạn?",
        thanks="Không có gì ạ! Bạn cần gì thêm cứ nhắn nhé.",
        goodbye="Cảm ơn bạn đã nhắn tin. Tạm biệt bạn!",
        identity=(
            "Tôi là trợ lý tự động. Tôi là một chương trình nhỏ chạy tại chỗ, không phải mô hình ngôn ngữ"
            " lớn: tôi tìm câu trả lời trong thông tin của cửa hàng."
        ),
        hand_off="Tôi đang chuyển bạn đến nhân viên. Nhân viên sẽ trả lời tại đây.",
        unknown="Xin lỗi, điều này tôi không biết.",
        rest_unknown="Phần còn lại tôi không biết, xin lỗi bạn.",
        offer="Bạn có muốn nhân viên trả lời không?",
        foreign="Thông tin này chỉ có bằng ngôn ngữ khác:",
    ),
    "pt": Phrases(
        greeting="Olá! Como posso ajudar?",
        thanks="De nada! Se precisar de mais alguma coisa, é só escrever.",
        goodbye="Até logo, e obrigado pelo contato!",
        identity=(
            "Sou um assistente automático. Sou um pequeno programa local, não um grande modelo de"
            " linguagem: procuro as respostas nas informações da loja."
        ),
        hand_off="Vou passar você para um atendente. A resposta chega por aqui.",
        unknown="Desculpe, isso eu não sei.",
        rest_unknown="O resto eu não sei, desculpe.",
        offer="Quer que um atendente responda?",
        foreign="Tenho esta informação só em outro idioma:",
    ),
    "es": Phrases(
        greeting="¡Hola! ¿En qué puedo ayudarte?",
        thanks="¡De nada! Si necesitas algo más, escríbenos.",
        goodbye="¡Hasta luego, y gracias por escribirnos!",
        identity=(
            "Soy un asistente automático. Soy un pequeño programa local, no un gran modelo de"
            " lenguaje: busco las respuestas en la información de la tienda."
        ),
        hand_off="Te paso con una persona del equipo. Te responderá por aquí.",
        unknown="Lo siento, eso no lo sé.",
        rest_unknown="Lo demás no lo sé, lo siento.",
        offer="¿Quieres que te responda una persona?",
        foreign="Tengo esta información solo en otro idioma:",
    ),
}


def phrases(language: str) -> Phrases:
    """The texts in the language, English where it speaks none."""
    return _PHRASES.get(language, _PHRASES["en"])


def offers() -> tuple[str, ...]:
    """The offer of a person in every language."""
    return tuple(spoken.offer for spoken in _PHRASES.values())
