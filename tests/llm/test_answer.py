"""Reading an answer: structured, plain, or nothing a customer may be sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.form.messages import parse_answer
from rejoinder.llm.model import Answer

ANSWER = Answer("Three days.", "answer", "From the passage.")
JSON = '{"decision": "answer", "reply": "Three days.", "reason": "From the passage."}'


@pytest.mark.parametrize(
    "said",
    [
        JSON,
        f"\n {JSON}\n",
        f"```json\n{JSON}\n```",
        f"```\n{JSON}\n```",
        f"Here is the answer:\n{JSON}",
        f'<think>Perhaps {{"reply": 1}}?</think>\n{JSON}',
    ],
)
def test_the_structured_answer_is_found(said: str) -> None:
    assert parse_answer(said) == ANSWER


@pytest.mark.parametrize("said", ["Three days.", "1 < 2 {curly}", "[1, 2]", '{"price": 3}'])
def test_other_text_is_the_reply(said: str) -> None:
    assert parse_answer(said) == Answer(said, "answer", "")


def test_silence_says_nothing() -> None:
    said = '{"decision": "silent", "reply": "(nothing)", "reason": "Only thanks."}'
    assert parse_answer(said) == Answer("", "silent", "Only thanks.")


def test_a_hand_off_needs_no_words() -> None:
    assert parse_answer('{"decision": "hand_off", "reply": ""}') == Answer("", "hand_off", "")


@pytest.mark.parametrize(
    "said",
    [
        "",
        " \n",
        "\x00",
        "<think>Let me see",
        "<think>Done</think>",
        '{"decision": "answer", "reply": "Three da',
        '{"decision": "answer", "reply": " "}',
        '{"decision": "answer"}',
        '{"decision": "shrug", "reply": "Well"}',
        '{"decision": ["answer"], "reply": "Well"}',
        '{"decision": "answer", "reply": {"text": "Well"}}',
        '} "reply": {',
    ],
)
def test_no_half_answer_reaches_a_customer(said: str) -> None:
    with pytest.raises(ModelTransient):
        parse_answer(said)


@given(st.text())
def test_any_reply_comes_through_storable(reply: str) -> None:
    said = to_json({"decision": "hand_off", "reply": reply, "reason": ""}).decode()
    assert parse_answer(said).reply == reply.replace("\x00", "").strip()


@given(st.text(st.characters()))
def test_any_text_is_an_answer_or_worth_another_try(said: str) -> None:
    try:
        answer = parse_answer(said)
    except ModelTransient:
        return
    assert answer.reply.encode()
    assert "\x00" not in answer.reply
