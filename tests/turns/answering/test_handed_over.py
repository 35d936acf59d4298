"""Whether an answer tells that a person comes."""

from __future__ import annotations

import pytest

from rejoinder.turns.answering.judging.words import SPOKEN, handed_over, tells_of_a_person


@pytest.mark.parametrize("language", sorted(SPOKEN))
def test_our_own_words_tell_it(language: str) -> None:
    assert tells_of_a_person(handed_over(language))


@pytest.mark.parametrize(
    "text",
    [
        "A colleague looks at it.",
        "Sorry about that! I get someone for you.",
        "One of our agents will contact you shortly.",
        "ขออภัยค่ะ เดี๋ยวเจ้าหน้าที่จะติดต่อกลับนะคะ",
        "Em xin lỗi ạ. Nhân viên sẽ liên hệ với bạn ngay.",
        "Sinto muito. Um atendente vai falar com você.",
        "Lo siento. Un asesor te responderá enseguida.",
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
