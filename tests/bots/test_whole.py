"""A message that is small talk and nothing else, in five languages; one that holds more is left to a model."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import OwnIntent
from rejoinder.bots.voice.templates.whole import whole

SMALL_TALK = {
    "greeting": (
        "hi", "Hellooo!", "Hey there 👋", "good morning", "hello?", "Olá, bom dia!", "oi pessoal", "boa tarde",
        "¡Hola! Buenas tardes", "buenos días", "xin chào shop ạ", "Chào ad", "alo", "สวัสดีค่ะ", "หวัดดีครับแอดมิน",
    ),
    "thanks": (
        "thanks!", "Thank you so much", "ok thx", "obrigada", "Muito obrigado!", "valeu 🙏", "muchas gracias",
        "gracias por todo", "cảm ơn shop nhiều nhé", "Cám ơn ạ", "ขอบคุณมากค่ะ", "ขอบคุณครับ",
    ),
    "goodbye": (
        "bye", "goodbye!", "see you tomorrow", "thanks, bye!", "have a nice day", "tchau, obrigada", "até logo",
        "adiós", "Gracias, hasta luego", "tạm biệt shop", "ลาก่อนค่ะ", "บ๊ายบาย ขอบคุณนะคะ",
    ),
}  # fmt: skip

MORE = (
    "hi, when do you open?", "hello I want a refund", "thanks for nothing", "good morning all, any decaf?",
    "bye the way where is my order", "hola, ¿cuánto cuesta?", "oi, quanto custa?", "xin chào, shop mở cửa lúc mấy giờ",
    "สวัสดีค่ะ ร้านเปิดกี่โมงคะ", "ขอบคุณค่ะ แต่ยังไม่ได้ของ", "cảm ơn nhưng hàng bị lỗi", "hi 12345", "ok", "?", "👍", "",
    "hello, thanks", "obrigado mas não funcionou", "gracias pero no", "hi " * 60,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in SMALL_TALK.items() for text in texts]
)
def test_small_talk_is_seen(kind: str, text: str) -> None:
    assert whole([text]) == kind


@pytest.mark.parametrize("text", MORE)
def test_a_message_that_holds_more_is_not_small_talk(text: str) -> None:
    assert whole([text]) is None


def test_all_messages_count() -> None:
    assert whole(["hi", "hello?"]) == "greeting"
    assert whole(["hi", "where is my parcel"]) is None
    assert whole(["thanks!", "bye"]) == "goodbye"
    assert whole(["hi", "thanks"]) is None
    assert whole([]) is None
    assert whole(["hi", " "]) == "greeting"


def test_an_example_of_the_bots_own_intent_is_that_intent() -> None:
    own = (OwnIntent(name="hours", examples=("Opening hours", "giờ mở cửa", "เวลาเปิดร้าน")),)
    for text in ("opening hours?", "OPENING HOURS", "gio mo cua", "เวลาเปิดร้าน"):
        assert whole([text], own) == "hours"
    assert whole(["opening hours on christmas"], own) is None
    assert whole(["opening hours", "hi"], own) is None
