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
    ],
)
def test_a_person_is_asked_for(text: str) -> None:
    assert asks_person(text)


@pytest.mark.parametrize("text", ["what time do you open", "ราคาเท่าไหร่", "còn hàng không shop"])
def test_nobody_is_asked_for(text: str) -> None:
    assert not asks_person(text)
