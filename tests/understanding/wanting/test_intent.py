"""The nine intents and the bot's own, in the words of customers."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import OwnIntent
from rejoinder.understanding.wanting import intent

_SAID = {
    "greeting": [("en", "hiya"), ("th", "หวัดดีค่า"), ("vi", "shop ơi")],
    "goodbye": [("en", "ok cya"), ("th", "ไว้คุยกันใหม่นะคะ"), ("vi", "thôi tạm biệt nha")],
    "question": [
        ("en", "do u deliver on sundays"),
        ("th", "ร้านปิดกี่โมงคะ"),
        ("vi", "phí ship bao nhiêu ạ"),
    ],
    "request": [
        ("en", "please change the address on my order"),
        ("th", "ขอใบเสร็จด้วยค่ะ"),
        ("vi", "đổi giúp mình sang màu đen"),
    ],
    "booking": [
        ("en", "a table for four on friday night"),
        ("th", "จองโต๊ะ 2 ที่พรุ่งนี้"),
        ("vi", "cho mình đặt lịch cắt tóc chiều nay"),
    ],
    "support": [
        ("en", "the app won't open after the update"),
        ("th", "เข้าระบบไม่ได้ค่ะ ต้องทำยังไง"),
        ("vi", "app bị văng hoài, sửa sao ạ"),
    ],
    "complaint": [
        ("en", "they sent the wrong size and nobody replies"),
        ("th", "ของแตกมาทั้งกล่องเลย ไม่โอเคนะ"),
        ("vi", "giao nhầm hàng mà nhắn không ai trả lời"),
    ],
    "compliment": [
        ("en", "lovely people, great coffee"),
        ("th", "ของดีส่งไว ประทับใจค่ะ"),
        ("vi", "hàng đẹp, đóng gói cẩn thận"),
    ],
    "unknown": [("en", "asdf"), ("th", "อืม"), ("vi", "qwe")],
}


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [(name, language, text) for name, said in _SAID.items() for language, text in said],
)
def test_an_intent_is_told(name: str, language: str, text: str) -> None:
    assert intent(text, language)[0] == name


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("phí ship bao nhiêu", "phi ship bao nhieu"),
        ("cho mình đặt bàn 4 người", "cho minh dat ban 4 nguoi"),
        ("hủy đơn giúp em", "huy don giup em"),
    ],
)
def test_vietnamese_without_marks_wants_the_same(marked: str, bare: str) -> None:
    assert intent(bare, "vi")[0] == intent(marked, "vi")[0] != "unknown"


def test_a_question_mark_alone_makes_a_question() -> None:
    assert intent("size 9?", "en")[0] == "question"


def test_one_word_a_shop_is_sure_of_is_told_with_confidence() -> None:
    assert intent("hello", "en")[1] >= 0.8
    assert intent("hmm the", "en")[1] <= 0.6


def test_an_intent_of_the_bots_own_comes_first() -> None:
    own = [OwnIntent(name="track_parcel", examples=("where is my parcel", "track my order"))]
    assert intent("hey where is my parcel??", "en", own)[0] == "track_parcel"
    assert intent("do you have parking", "en", own)[0] == "question"
