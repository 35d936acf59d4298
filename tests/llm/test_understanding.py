"""What a model says it understood is taken where it makes sense, and never costs the reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.form.answer import as_json, parse_analysis, parse_answer
from rejoinder.llm.form.understanding import read_understanding
from rejoinder.llm.model import Answer, Decision, Entity, Sentiment, Understanding

REST: dict[str, object] = {"decision": "answer", "reply": "Three days.", "reason": "r"}
TOLD = Understanding("book_appointment", "very_negative", 0.95, (Entity("service", "check-up"),))
MISFITS = [
    None,
    True,
    -1,
    2,
    1e999,
    "",
    " ",
    "x" * 600,
    [],
    [1],
    {},
    {"type": None},
    [{"type": "a"}],
]

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)
names = st.sampled_from(("intent", "sentiment", "confidence", "entities"))
sentiments: list[Sentiment] = ["very_positive", "positive", "neutral", "negative", "very_negative"]
decisions: list[Decision] = ["answer", "hand_off"]
words = st.from_regex(r"\A[a-z]{1,9}(_[a-z]{1,9})?\Z")
entities = st.builds(Entity, words, st.from_regex(r"\A[a-zà-ỹก-ฮ0-9]{1,20}\Z"))
understandings = st.builds(
    Understanding,
    words,
    st.sampled_from(sentiments),
    st.none() | st.floats(0, 1),
    st.lists(entities, max_size=5).map(tuple),
)


@given(understandings, st.sampled_from(decisions))
def test_what_is_told_arrives(told: Understanding, decision: Decision) -> None:
    answer = Answer("Three days.", decision, "why", told)
    assert parse_answer(as_json(answer)) == answer
    assert parse_analysis(as_json(answer)) == told


@given(st.dictionaries(names, values))
def test_nothing_that_stands_there_costs_the_reply(told: dict[str, object]) -> None:
    answer = parse_answer(to_json({**REST, **told}, inf_nan_mode="constants").decode())
    understood = answer.understanding
    assert answer.reply == "Three days."
    assert understood.sentiment in sentiments
    assert understood.intent
    assert understood.confidence is None or 0 <= understood.confidence <= 1
    for entity in understood.entities:
        assert entity.type.encode()
        assert entity.value.encode()
        assert "\x00" not in entity.type + entity.value


@pytest.mark.parametrize("misfit", MISFITS)
def test_what_makes_no_sense_is_the_default(misfit: object) -> None:
    told = dict.fromkeys(("intent", "sentiment", "confidence", "entities"), misfit)
    assert read_understanding(told) == Understanding()


def test_what_is_left_out_is_the_default() -> None:
    assert parse_answer(to_json(REST).decode()).understanding == Understanding()
    assert parse_answer("Just a text.").understanding == Understanding()


def test_words_are_written_one_way() -> None:
    understood = read_understanding({"intent": " Book appointment! ", "sentiment": "Very Negative"})
    assert (understood.intent, understood.sentiment) == ("book_appointment", "very_negative")


def test_entities_may_be_an_object() -> None:
    told = {"phone numbers": ["0123", 456], "service_type": "check-up", "when": {"day": 1}}
    assert read_understanding({"entities": told}).entities == (
        Entity("phone_numbers", "0123"),
        Entity("phone_numbers", "456"),
        Entity("service_type", "check-up"),
    )


def test_entities_are_bounded() -> None:
    many = [{"type": "number", "value": number} for number in range(1000)]
    assert len(read_understanding({"entities": many}).entities) == 50
    huge = [{"type": "number", "value": 10**5000}]
    assert read_understanding({"entities": huge}).entities == ()


def test_an_analysis_may_stand_alone() -> None:
    said = '{"intent": "book_appointment", "sentiment": "very_negative", "confidence": 0.95}'
    assert parse_analysis(f"```json\n{said}\n```") == Understanding(
        "book_appointment", "very_negative", 0.95
    )


@pytest.mark.parametrize("said", ["", "positive", '{"intent": "gree', '{"reply": "Hello"}', "{}"])
def test_no_analysis_is_worth_another_try(said: str) -> None:
    with pytest.raises(ModelTransient):
        parse_analysis(said)
