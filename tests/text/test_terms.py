"""What a question is about."""

import pytest

from rejoinder.text import Term, terms


def test_function_words_are_left_out() -> None:
    assert [term.word for term in terms("do you have any decaf beans left?")] == [
        "decaf",
        "beans",
        "left",
    ]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("how much is it", "price"),
        ("quanto custa?", "price"),
        ("ราคาเท่าไหร่คะ", "price"),
        ("giao hàng", "delivery"),
        ("giao hang", "delivery"),
        ("ค่าส่ง", "delivery"),
        ("posso devolver", "return"),
    ],
)
def test_trade_phrases_mean_the_same_in_each_language(text: str, concept: str) -> None:
    assert concept in {term.concept for term in terms(text)}


def test_vietnamese_marks_decide_what_a_word_means() -> None:
    assert {term.concept for term in terms("máy bị hư, sửa được không")} == {"repair", ""}
    assert {term.concept for term in terms("có trà sữa không ạ")} == {""}


def test_a_concept_alone_weighs_half_and_a_phrase_shares_its_weight() -> None:
    assert terms("how much?") == [Term("", "price", weight=0.5)]
    assert [term.weight for term in terms("miễn phí không ạ")] == [0.5, 0.5]
