"""How far the evidence carries an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.turns.answering.judging.confidence import UNKNOWING, Evidence, confidence, declines

FOUND = Evidence("question", 0.9, 0.9, 0.8, declines=False)
_share = st.floats(0, 1)
_maybe = st.none() | _share
evidence = st.builds(
    Evidence,
    st.sampled_from(["question", "greeting", "complaint", "own_word"]),
    _maybe,
    _maybe,
    _share,
    st.booleans(),
    st.booleans(),
)


@given(evidence)
def test_it_is_a_share(told: Evidence) -> None:
    assert 0 <= confidence(told) <= 1


@given(evidence, _share, _share)
def test_better_evidence_is_never_worse(told: Evidence, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert confidence(replace(told, supported=low)) <= confidence(replace(told, supported=high))
    assert confidence(replace(told, best=low)) <= confidence(replace(told, best=high))


@given(evidence)
def test_a_second_try_is_trusted_no_more_than_a_first(told: Evidence) -> None:
    assert confidence(replace(told, retried=True)) <= confidence(replace(told, retried=False))


def test_a_models_own_claim_alone_does_not_carry_an_answer() -> None:
    sure_of_itself = Evidence("question", 1.0, None, 0.0, declines=False)
    assert confidence(sure_of_itself) < 0.7


@pytest.mark.parametrize("best", [0.0, 0.2])
def test_what_claims_no_support_and_has_no_passage_is_neither_trusted_nor_doubted(
    best: float,
) -> None:
    """It is no low confidence (0.5) even at a second try, and no answer to a complaint (0.7)."""
    untold = Evidence("question", 0.3, None, best, declines=False, retried=True)
    assert 0.5 <= confidence(untold) < 0.7
    assert 0.5 <= confidence(replace(untold, understood=0.9, retried=False)) < 0.7
    assert confidence(replace(untold, supported=0.4)) < confidence(untold)


def test_small_talk_needs_no_source() -> None:
    assert confidence(Evidence("greeting", None, None, 0.0, declines=False)) >= 0.8


def test_what_says_it_does_not_know_is_just_above_what_calls_a_person() -> None:
    assert confidence(replace(FOUND, declines=True)) == UNKNOWING
    assert confidence(Evidence("question", 0.1, 0.0, 0.0, declines=True)) == UNKNOWING


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, I don't know that.",
        "We don't have information about parking.",
        "I'm not sure when it opens.",
        "ขออภัยค่ะ เรื่องนี้ไม่ทราบค่ะ",
        "ขออภัย ไม่มีข้อมูลเรื่องนี้",
        "Xin lỗi, điều này tôi không biết.",
        "Dạ em chưa rõ ạ.",
        "Desculpe, isso eu não sei.",
        "Não tenho essa informação no momento.",
        "Lo siento, no lo sé.",
        "No tengo esa información.",
    ],
)
def test_it_is_heard_in_five_languages(reply: str) -> None:
    assert declines(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "We are open from 9 to 18.",
        "You don't need to know your order number.",
        "เปิดทุกวันค่ะ",
        "Dạ shop mở cửa từ 9 giờ ạ.",
        "Não precisa se preocupar, o frete é grátis.",
        "No hay problema, te esperamos el martes.",
        "I have no further questions.",
    ],
)
def test_an_answer_is_not_taken_for_it(reply: str) -> None:
    assert not declines(reply)
