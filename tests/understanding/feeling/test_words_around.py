"""What the words around a graded word make of it: negation, intensity, contrast, questions."""

from __future__ import annotations

import pytest

from rejoinder.understanding.feeling import sentiment

_STEPS = ("very_negative", "negative", "neutral", "positive", "very_positive")


def _step(text: str, language: str) -> int:
    return _STEPS.index(sentiment(text, language)[0]) - 2


@pytest.mark.parametrize(
    ("language", "plain", "denied"),
    [
        ("en", "the staff is friendly", "the staff is not friendly"),
        ("en", "I like it", "I don't like it"),
        ("en", "it was good", "it wasn't very good"),
        ("th", "อาหารอร่อย", "อาหารไม่อร่อย"),
        ("th", "พนักงานสุภาพ", "พนักงานไม่ค่อยสุภาพ"),
        ("vi", "đồ ăn ngon", "đồ ăn không ngon"),
        ("vi", "mình hài lòng", "mình chưa hài lòng"),
    ],
)
def test_a_negation_turns_praise_into_blame(language: str, plain: str, denied: str) -> None:
    assert _step(plain, language) > 0
    assert _step(denied, language) < 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "not bad at all"),
        ("en", "no complaints"),
        ("th", "ไม่แย่เลย"),
        ("th", "ไม่ผิดหวัง"),
        ("vi", "không tệ"),
        ("vi", "không thất vọng"),
    ],
)
def test_a_denied_blame_is_mild_praise(language: str, text: str) -> None:
    assert _step(text, language) == 1


@pytest.mark.parametrize(
    ("language", "milder", "stronger"),
    [
        ("en", "it was good", "it was absolutely amazing!!"),
        ("en", "poor service", "the worst service ever"),
        ("th", "อร่อยดี", "อร่อยที่สุดในโลก"),
        ("th", "บริการแย่", "บริการแย่ที่สุด"),
        ("vi", "hàng đẹp", "hàng siêu đẹp, quá tuyệt vời"),
        ("vi", "phục vụ kém", "phục vụ tệ kinh khủng, tồi tệ"),
    ],
)
def test_intensity_is_told(language: str, milder: str, stronger: str) -> None:
    assert abs(_step(milder, language)) == 1
    assert abs(_step(stronger, language)) == 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a bit slow"),
        ("th", "ช้าไปหน่อยนะคะ"),
        ("vi", "hơi chậm một chút"),
    ],
)
def test_a_polite_complaint_stays_one(language: str, text: str) -> None:
    assert _step(text, language) == -1


@pytest.mark.parametrize(
    ("language", "text", "step"),
    [
        ("en", "the food was good but the service was awful", -1),
        ("en", "slow delivery but the quality is great", 1),
        ("en", "lovely place, but the toilets were locked all evening", -1),
        ("th", "ของสวยแต่ส่งช้ามาก", -1),
        ("th", "ส่งช้าแต่ของสวยมาก", 1),
        ("vi", "đồ ăn ngon nhưng phục vụ chậm", -1),
        ("vi", "giao chậm nhưng hàng đẹp", 1),
    ],
)
def test_what_follows_a_contrast_decides(language: str, text: str, step: int) -> None:
    assert _step(text, language) == step
