"""What a bot should not settle alone."""

from __future__ import annotations

import pytest

from rejoinder.understanding.wanting import asks_person, needs_people


@pytest.mark.parametrize(
    ("language", "text", "need"),
    [
        ("en", "I want a full refund", "refund"),
        ("en", "you will hear from my lawyer", "legal"),
        ("en", "my son can't breathe after eating it", "emergency"),
        ("en", "fuck you", "abuse"),
        ("th", "ขอคืนเงินค่ะ", "refund"),
        ("th", "จะแจ้งความแล้วนะ", "legal"),
        ("th", "ลูกหายใจไม่ออกค่ะ", "emergency"),
        ("th", "ไอ้ควาย", "abuse"),
        ("vi", "cho mình hoàn tiền", "refund"),
        ("vi", "tôi sẽ kiện ra tòa", "legal"),
        ("vi", "bé bị khó thở", "emergency"),
        ("vi", "bot ngu", "abuse"),
    ],
)
def test_a_need_for_people_is_seen(language: str, text: str, need: str) -> None:
    assert needs_people(text, language) == need


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "it costs 999, right?"),
        ("en", "where is the tennis court"),
        ("th", "ราคา 199 บาท"),
        ("vi", "con cho em hỏi"),
        ("vi", "cac ban oi buoi sang mo cua may gio"),
    ],
)
def test_plain_words_need_nobody(language: str, text: str) -> None:
    assert needs_people(text, language) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What's your refund policy?"),
        ("en", "How long does a refund take?"),
        ("en", "Is there a sales representative in Vietnam?"),
        ("en", "Do you have an emergency exit?"),
        ("en", "do I need a permit from your legal department?"),
        ("th", "นโยบายคืนเงินเป็นยังไง"),
        ("th", "ผู้จัดการร้านชื่ออะไรคะ"),
        ("th", "ประตูฉุกเฉินอยู่ไหน"),
        ("vi", "chính sách hoàn tiền thế nào ạ"),
        ("vi", "số chăm sóc khách hàng là gì"),
        ("vi", "ngon chết đi được"),
        ("pt", "quanto tempo demora o reembolso?"),
        ("pt", "vocês têm saída de emergência?"),
        ("es", "¿cuál es la política de reembolso?"),
        ("es", "¿tienen un representante en México?"),
    ],
)
def test_who_asks_about_a_matter_needs_nobody(language: str, text: str) -> None:
    assert needs_people(text, language) is None
    assert not asks_person(text, language)


@pytest.mark.parametrize(
    ("language", "text", "need"),
    [
        ("en", "Where is my refund?", "refund"),
        ("en", "can I get a refund?", "refund"),
        ("en", "why haven't I been refunded?", "refund"),
        ("th", "ขอคืนเงินได้ไหมคะ", "refund"),
        ("th", "เมื่อไหร่จะคืนเงินคะ", "refund"),
        ("th", "จะแจ้งตำรวจ", "legal"),
        ("vi", "khi nào hoàn tiền cho em", "refund"),
        ("pt", "cadê meu reembolso?", "refund"),
        ("es", "¿dónde está mi reembolso?", "refund"),
        ("es", "hay una emergencia, ¿qué hago?", "emergency"),
    ],
)
def test_a_question_of_the_customers_own_matter_needs_people(
    language: str, text: str, need: str
) -> None:
    assert needs_people(text, language) == need


def test_danger_comes_before_anything_else() -> None:
    assert needs_people("refund me, it caught fire, I'll sue you", "en") == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "let me talk to a real person",
        "are you a bot?",
        "ขอคุยกับแอดมิน",
        "cho em gặp nhân viên",
        "cho em gap nhan vien",
        "Where's the manager?",
        "The manager, now!",
        "can I speak to the manager?",
        "มีเจ้าหน้าที่ไหมคะ",
        "posso falar com um atendente?",
        "¿hay un agente disponible?",
    ],
)
def test_a_person_is_asked_for(text: str) -> None:
    assert asks_person(text)


@pytest.mark.parametrize("text", ["what time do you open", "ราคาเท่าไหร่", "còn hàng không shop"])
def test_nobody_is_asked_for(text: str) -> None:
    assert not asks_person(text)
