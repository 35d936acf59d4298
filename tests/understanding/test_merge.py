"""Which reading wins where: the model's for what is meant, the rules' for what stands there."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import OwnEntity, Understand
from rejoinder.llm.model import Entity, Understanding
from rejoinder.understanding.merge import merge
from tests.understanding.naming.places import PLACES

PLACE = PLACES["th"]
PHONE = Entity("phone", "081 234 5678", "+66812345678")
LOCAL = Understanding(
    "complaint", "negative", 0.6, (PHONE,), "th", "local", frozenset({"refund"})
)  # fmt: skip
OWN = Understand(entities=(OwnEntity(type="size", values={"L": ("large",)}),))


def _merged(model: Understanding | None, local: Understanding = LOCAL) -> Understanding:
    return merge(local, model, OWN, PLACE)


def test_without_a_model_the_local_reading_stands() -> None:
    assert _merged(None) is LOCAL


def test_the_model_wins_for_intent_sentiment_and_confidence() -> None:
    kept = _merged(Understanding("question", "neutral", 0.9, (), "en"))
    assert (kept.intent, kept.sentiment, kept.confidence) == ("question", "neutral", 0.9)
    assert (kept.language, kept.source) == ("en", "model")


def test_a_model_that_told_nothing_leaves_the_local_reading() -> None:
    kept = _merged(Understanding())
    assert (kept.intent, kept.sentiment, kept.confidence) == ("complaint", "negative", 0.6)
    assert (kept.language, kept.source) == ("th", "local")


def test_an_unknown_intent_gives_way_and_the_sentiment_does_not() -> None:
    kept = _merged(Understanding("unknown", "positive", 0.8))
    assert (kept.intent, kept.sentiment) == ("complaint", "positive")


@pytest.mark.parametrize(
    "model", [Understanding(), Understanding("greeting", "very_positive", 1.0, (), "en")]
)
def test_what_needs_people_stays_whatever_the_model_says(model: Understanding) -> None:
    assert _merged(model).needs == {"refund"}


def test_the_same_thing_named_by_both_is_one() -> None:
    said = Entity("phone_number", "0812345678")
    assert _merged(Understanding(entities=(said,))).entities == (PHONE,)


def test_what_only_the_model_named_comes_after() -> None:
    said = (Entity("size", "large"), Entity("allergy", "peanuts"))
    assert _merged(Understanding(entities=said)).entities == (
        PHONE,
        Entity("size", "large", "L"),
        Entity("allergy", "peanuts"),
    )


def test_what_is_not_what_the_model_calls_it_is_dropped() -> None:
    said = (Entity("phone", "tomorrow"), Entity("email", "my mail"), Entity("size", "huge"))
    assert _merged(Understanding(entities=said)).entities == (PHONE,)


def test_the_model_that_read_the_conversation_says_what_a_value_is() -> None:
    said = Entity("order_number", "0812345678")
    assert _merged(Understanding(entities=(said,))).entities == (
        Entity("order_number", "0812345678", "0812345678"),
    )
