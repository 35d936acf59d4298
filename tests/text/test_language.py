"""Which language a line of chat is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.text import language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "what time do you close"),
        ("en", "is it still in stock?"),
        ("th", "ร้านเปิดกี่โมง"),
        ("th", "ship ไปภูเก็ต กี่บาท"),
        ("vi", "Shop mở cửa mấy giờ ạ?"),
        ("vi", "máy xay tay giá bao nhiêu"),
        ("vi", "phi ship ve viet nam bao nhieu"),
        ("vi", "thu hai co mo cua khong shop"),
        ("pt", "quanto custa o frete"),
        ("pt", "vcs abrem no domingo?"),
        ("es", "¿cuánto cuesta el envío?"),
        ("fr", "combien coûte la livraison pour le Brésil ?"),
        ("de", "wie lange dauert die Lieferung nach Wien?"),
        ("id", "berapa ongkir ke Bali kak"),
        ("zh", "你们几点开门"),
        ("ja", "何時に開きますか"),
        ("ko", "몇 시에 열어요"),
    ],
)
def test_a_line_of_chat(code: str, text: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "12:30", "🙂👍", "asdf", "PromptPay", "сколько стоит"])
def test_too_little_to_go_by_is_undetermined(text: str) -> None:
    assert language(text) == "und"


@given(st.text())
def test_any_text_gets_a_code(text: str) -> None:
    assert 2 <= len(language(text)) <= 3
