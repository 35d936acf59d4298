"""What a model wants done beside its reply, how far it was sure, and what it rests on."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.form.answer import ANSWER_SCHEMA, as_json, parse_answer
from rejoinder.llm.form.steps import TYPES
from rejoinder.llm.model import Answer, Step

REST: dict[str, object] = {"decision": "answer", "reply": "Three days.", "reason": "r"}

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)
fields = st.sampled_from(("type", "data", "text", "options", "cards", "field", "reason", "title"))
nearly = st.lists(st.dictionaries(fields, values | st.sampled_from(TYPES)), max_size=12)


def answer(**told: object) -> Answer:
    return parse_answer(to_json({**REST, **told}, inf_nan_mode="constants").decode())


@given(values | nearly, values, values, values)
def test_nothing_that_stands_there_costs_the_reply(
    actions: object, sources: object, supported: object, done: object
) -> None:
    found = answer(actions=actions, sources=sources, supported=supported, done=done)
    assert found.reply == "Three days."
    assert found.supported is None or 0 <= found.supported <= 1
    assert all(0 < each < 1000 for each in found.sources)
    assert all(each.strip() for each in found.done)
    assert len(found.steps) <= 10
    to_json([step.data for step in found.steps])


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).map(str.strip)
options = st.lists(st.fixed_dictionaries({"title": texts.filter(bool)}), min_size=1, max_size=3)
data = st.fixed_dictionaries({}, optional={"text": texts.filter(bool), "options": options})
steps = st.lists(st.builds(Step, st.sampled_from(TYPES), data), max_size=4).map(tuple)


@given(steps, st.lists(st.integers(1, 99), unique=True, max_size=5).map(tuple))
def test_what_is_told_arrives(told: tuple[Step, ...], sources: tuple[int, ...]) -> None:
    whole = Answer("Three days.", "hand_off", "r", steps=told, sources=sources, supported=0.5)
    assert parse_answer(as_json(whole)) == whole


def test_a_step_in_the_chat_backends_form() -> None:
    (step,) = answer(actions=[{"type": "send_message", "data": {"message": "Hello"}}]).steps
    assert step == Step("send_message", {"text": "Hello"})


def test_empty_fields_are_left_out_and_unknown_ones_too() -> None:
    told = {"type": "transfer_to_agent", "reason": " a refund ", "text": "", "cards": [], "x": 1}
    assert answer(actions=[told]).steps == (Step("transfer_to_agent", {"reason": "a refund"}),)
    assert answer(actions=told).steps == (Step("transfer_to_agent", {"reason": "a refund"}),)


def test_options_may_be_mere_titles() -> None:
    (step,) = answer(actions=[{"type": "send_quick_replies", "options": ["Red", 3, None]}]).steps
    assert step.data == {"options": [{"title": "Red"}]}


def test_passages_are_named_by_number_however_that_is_written() -> None:
    assert answer(sources=[2, "[1]", "passage 3", 2, 0, -4, True, 10**30, "2.5"]).sources == (
        *(2, 1, 3),
    )


def test_a_claim_may_stand_alone() -> None:
    assert answer(done="refunded the order").done == ("refunded the order",)
    assert answer(done=[" ", None, "x" * 300]).done == ("x" * 200,)


def test_an_answer_whose_words_stand_in_a_step() -> None:
    asks = {"type": "collect_info", "text": "Your phone number?", "field": "phone"}
    assert answer(reply="", actions=[asks]).reply == "Your phone number?"
    with pytest.raises(ModelTransient):
        answer(reply="", actions=[{"type": "end_conversation", "reason": "done"}])


def test_silence_may_end_a_conversation_and_says_nothing_else() -> None:
    told = [{"type": "send_message", "text": "Bye"}, {"type": "end_conversation"}]
    found = answer(decision="silent", actions=told)
    assert (found.reply, found.steps) == ("", (Step("end_conversation", {}),))


def test_a_language_is_its_code() -> None:
    told = {"pt-BR": "pt", "TH": "th", "en_US": "en", "fil": "fil", "Thai": "und", "": "und"}
    for said, code in told.items():
        assert answer(language=said).understanding.language == code


def test_strict_outputs_take_the_schema() -> None:
    """OpenAI, "Structured Outputs": every property required and no others, at every depth."""
    found = [ANSWER_SCHEMA]
    for schema in found:
        inside = schema.get("properties")
        if isinstance(inside, dict):
            assert schema["required"] == list(inside)
            assert schema["additionalProperties"] is False
            found += inside.values()
        if isinstance(items := schema.get("items"), dict):
            found.append(items)
    assert len(found) > 20
    assert not any(key in schema for schema, key in product(found, ("anyOf", "oneOf", "$ref")))
