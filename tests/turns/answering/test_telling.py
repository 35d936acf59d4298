"""Whether an answer tells this customer that a person comes."""

from __future__ import annotations

import pytest

from rejoinder.turns.answering.judging.telling import tells_of_a_person
from rejoinder.turns.answering.judging.words import SPOKEN, handed_over


@pytest.mark.parametrize("language", sorted(SPOKEN))
def test_our_own_words_tell_it(language: str) -> None:
    assert tells_of_a_person(handed_over(language))


@pytest.mark.parametrize(
    "text",
    [
        "A colleague looks at it.",
        "Sorry about that! I get someone for you.",
        "One of our agents will contact you shortly.",
        "Don't worry, our team will get back to you today.",
        "I'm connecting you with a specialist now.",
        "I've asked a colleague to look at this.",
        "Let me hand you over to the team.",
        "Someone from the front desk will take over from here.",
        "ขออภัยค่ะ เดี๋ยวเจ้าหน้าที่จะติดต่อกลับนะคะ",
        "จะส่งต่อเรื่องนี้ให้ทีมงานดูแลค่ะ",
        "ทีมงานจะตอบคุณในแชทนี้ค่ะ",
        "Em xin lỗi ạ. Nhân viên sẽ liên hệ với bạn ngay.",
        "Dạ em chuyển mình cho nhân viên ngay ạ.",
        "Đồng nghiệp của em sẽ gọi lại cho anh ạ.",
        "Sinto muito. Um atendente vai falar com você.",
        "Não se preocupe, nossa equipe vai entrar em contato com você.",
        "Vou encaminhar seu caso para um colega.",
        "Um colega já te atende.",
        "Lo siento. Un asesor te responderá enseguida.",
        "Nuestro equipo se pondrá en contacto contigo hoy.",
        "Un compañero lo revisa ahora mismo.",
        "Paso tu caso a una persona del equipo.",
    ],
)
def test_answers_that_tell_it(text: str) -> None:
    assert tells_of_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Refunds take five days.",
        "I am very sorry about the broken cup.",
        "Would you like to talk to a colleague?",
        "If you like, a colleague can call you.",
        "I can ask a colleague to call you.",
        "ขออภัยค่ะ คืนเงินภายในห้าวันทำการค่ะ",
        "ต้องการคุยกับเจ้าหน้าที่ไหมคะ",
        "Bên em hoàn tiền trong năm ngày ạ.",
        "O reembolso leva cinco dias.",
        "¿Quieres hablar con un agente?",
        "El reembolso tarda cinco días.",
        "Please don't share personal information here.",
        "I can personally help you with the refund.",
        "Reset your password in your personal account.",
        "Vou verificar seus dados pessoais.",
        "Vamos a revisar tus datos personales.",
    ],
)
def test_answers_that_do_not(text: str) -> None:
    assert not tells_of_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Refunds are handled by our team within 5 days.",
        "Our team answers emails from Monday to Friday.",
        "Our staff check every parcel before it leaves.",
        "A specialist looks at each returned phone.",
        "The manager approves refunds over 100 EUR.",
        "Please call us and our team will help you.",
        "Once the parcel is back, someone will contact you.",
        "Nobody from the team will contact you about that.",
        "I passed your feedback on to the team.",
        "Our team is here from 9 to 18.",
        "An agent at the counter takes care of it when you come by.",
        "การคืนเงินดำเนินการโดยทีมงานภายใน 5 วันค่ะ",
        "เจ้าหน้าที่จะตรวจสอบสินค้าก่อนส่งทุกครั้งค่ะ",
        "ทีมงานของเราตอบแชทวันจันทร์ถึงศุกร์ค่ะ",
        "รบกวนโทร 02-555-0147 เจ้าหน้าที่จะช่วยคุณค่ะ",
        "กรุณาแจ้งเจ้าหน้าที่ที่เคาน์เตอร์ค่ะ",
        "Việc hoàn tiền do nhân viên bên em xử lý trong 5 ngày ạ.",
        "Nhân viên sẽ kiểm tra sách trước khi giao ạ.",
        "Bạn gọi 028 5550 0199 để nhân viên hỗ trợ bạn nhé.",
        "Nhân viên bên em trả lời email trong giờ làm việc ạ.",
        "Os reembolsos são tratados pela nossa equipe em 5 dias.",
        "Nossa equipe responde e-mails de segunda a sexta.",
        "Um atendente verifica cada peça antes do envio.",
        "Ligue para a loja e um atendente vai te ajudar.",
        "Los reembolsos los gestiona nuestro equipo en 5 días.",
        "Nuestro equipo atiende de lunes a viernes.",
        "Un agente revisa cada paquete antes de enviarlo.",
        "Llama a recepción y un compañero te ayudará.",
    ],
)
def test_how_the_business_works_is_no_telling(text: str) -> None:
    assert not tells_of_a_person(text)
