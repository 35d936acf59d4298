"""Sentences and clauses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.text import boundary, clauses, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We open at 9. Come by!", ["We open at 9.", "Come by!"]),
        ("hi! do u have decaf? thx", ["hi!", "do u have decaf?", "thx"]),
        ("Ask Mr. Tan or Dr. Ng.", ["Ask Mr. Tan or Dr. Ng."]),
        ("Costs 1.290 baht. Free over 2.000.", ["Costs 1.290 baht.", "Free over 2.000."]),
        ("Abre às 9h. Às segundas fecha.", ["Abre às 9h.", "Às segundas fecha."]),
        (
            "Giao ở TP. Hồ Chí Minh. Đổi trả 30 ngày.",
            ["Giao ở TP. Hồ Chí Minh.", "Đổi trả 30 ngày."],
        ),
        ("สวัสดีครับ เปิดกี่โมงครับ ส่งไหม", ["สวัสดีครับ", "เปิดกี่โมงครับ", "ส่งไหม"]),
        ("เปิด 9:00-18:00 น. ทุกวันครับ", ["เปิด 9:00-18:00 น. ทุกวันครับ"]),
        ("one\ntwo", ["one", "two"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_clauses_part_the_story_from_the_question() -> None:
    assert clauses("I changed my mind, can I return it?") == [
        "I changed my mind",
        "can I return it?",
    ]


@given(st.text(alphabet=" \nabcรคบัA.!?…\"')1,"))
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "character", ["e\u0301", "👩\u200d🚀", "👍🏽", "🇹🇭", "กี่", "น้ำ", "\r\n", "❤\ufe0f"]
)
def test_a_cut_leaves_a_character_whole(character: str) -> None:
    text = f"ab{character}"
    assert {boundary(text, at) for at in range(3, len(text))} == {2}


@given(st.text(min_size=1), st.integers(1, 50))
def test_a_boundary_is_inside_the_text(text: str, at: int) -> None:
    assert 1 <= boundary(text, at) <= max(1, min(at, len(text)))
