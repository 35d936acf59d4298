"""The reply is read out of an object that is still being written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from rejoinder.llm.form.partial import Reply


def told(pieces: list[str]) -> list[str]:
    """What is told while these come."""
    reply = Reply()
    return [text for piece in pieces if (text := reply.add(piece)) is not None]


def letters(text: str) -> list[str]:
    """One at a time."""
    return list(text)


def test_it_grows_with_the_reply_alone() -> None:
    text = '{"decision": "answer", "reply": "Yes, 5.", "reason": "reply"}'
    assert told(letters(text)) == ["Y", "Ye", "Yes", "Yes,", "Yes, 5", "Yes, 5."]


def test_half_an_escape_is_never_shown() -> None:
    found = told(letters('{"reply": "a\\n\\"b\\u0e01\\ud83d\\ude00c"}'))
    assert found == ["a", 'a\n"', 'a\n"b', 'a\n"bก', 'a\n"bก😀', 'a\n"bก😀c']


def test_silence_is_not_shown() -> None:
    assert told(letters('{"decision": "silent", "reply": "Nothing to say"}')) == []


def test_the_last_of_two_fields_of_one_name_counts() -> None:
    assert told(['{"reply": "one", ', '"reply": "two"}'])[-1] == "two"


def test_what_stands_before_the_object_is_passed_over() -> None:
    for head in (
        "<think>Should I {reply}?</think>\n",
        "```json\n",
        "  \n",
        "<think>x</think>```\n",
    ):
        assert told([head, '{"reply": "Yes"', "}"]) == ["Yes"]


def test_a_text_that_is_no_object_tells_nothing() -> None:
    for text in (
        "Three days.",
        'Sure: {"reply": "x"}',
        "[1, 2]",
        '{"reply": 5}',
        "<think>{",
        "{oops",
    ):
        assert told([text]) == []


def test_a_long_reply_is_not_read_anew_for_every_letter() -> None:
    found = told(letters(to_json({"reply": "x" * 20_000}).decode()))
    assert len(found) < 1_000


@given(st.text(max_size=200), st.integers(1, 7))
def test_every_step_is_a_beginning_of_the_whole(text: str, size: int) -> None:
    body = to_json({"decision": "answer", "reply": text}).decode()
    found = told([body[start : start + size] for start in range(0, len(body), size)])
    clean = text.replace("\x00", "")
    assert all(clean.strip().startswith(each) for each in found)
