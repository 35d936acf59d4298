"""Which intent and which sentiment several messages have as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.llm.model import INTENTS, Sentiment
from rejoinder.understanding.together import felt, wanted

SURE = 0.8


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["greeting", "question"], "question"),
        (["question", "goodbye"], "question"),
        (["complaint", "goodbye"], "complaint"),
        (["question", "compliment"], "question"),
        (["complaint", "question"], "complaint"),
        (["question", "complaint"], "complaint"),
        (["booking", "request"], "request"),
        (["booking", "booking", "request"], "booking"),
        (["greeting", "unknown"], "greeting"),
        (["order_pizza", "unknown"], "order_pizza"),
        (["greeting"], "greeting"),
    ],
)
def test_the_last_weighs_most_and_small_talk_least(said: list[str], expected: str) -> None:
    assert wanted([(name, SURE) for name in said]) == (expected, SURE)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["negative", "neutral"], "negative"),
        (["very_negative", "negative"], "very_negative"),
        (["positive", "negative"], "negative"),
        (["very_positive", "very_negative"], "very_negative"),
        (["negative", "very_positive"], "positive"),
        (["very_negative", "positive"], "neutral"),
        (["very_positive", "neutral"], "very_positive"),
        (["positive", "very_positive"], "very_positive"),
        (["neutral", "neutral"], "neutral"),
    ],
)
def test_a_negative_stays_until_something_good_is_said(
    said: list[Sentiment], expected: Sentiment
) -> None:
    assert felt([(step, SURE) for step in said])[0] == expected


steps = st.sampled_from(["very_negative", "negative", "neutral", "positive", "very_positive"])
shares = st.floats(0, 1)


@given(st.lists(st.tuples(steps, shares), min_size=1, max_size=9), shares)
def test_a_last_word_that_is_very_negative_is_never_lost(
    read: list[tuple[Sentiment, float]], confidence: float
) -> None:
    assert felt([*read, ("very_negative", confidence)])[0] == "very_negative"


@given(st.lists(st.tuples(st.sampled_from([*INTENTS, "own"]), shares), min_size=1, max_size=9))
def test_the_intent_is_one_of_those_read(read: list[tuple[str, float]]) -> None:
    name, confidence = wanted(read)
    assert (name, confidence) in read


@given(st.lists(st.tuples(steps, shares), min_size=1, max_size=9))
def test_confidence_stays_a_share(read: list[tuple[Sentiment, float]]) -> None:
    assert 0 <= felt(read)[1] <= 1
