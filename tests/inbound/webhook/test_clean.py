"""What PostgreSQL can't store never reaches it, however an event hides it."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from rejoinder.conversations.content import Order, Text
from rejoinder.inbound.webhook.clean import cleaned, suspect

ANY_TEXT = st.text(st.characters(exclude_categories=()))
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=10,
)


@dataclass(frozen=True, slots=True)
class Event:
    """As events are made."""

    text: str
    parts: tuple[Text | Order, ...]
    number: int | None


def storable(value: object) -> bool:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return "\\u0000" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


@given(JSON)
def test_json_can_be_stored_afterwards(value: JsonValue) -> None:
    assert storable(cleaned(value))


@given(ANY_TEXT, st.dictionaries(ANY_TEXT, JSON, max_size=3))
def test_events_can_be_stored_afterwards(text: str, order: dict[str, JsonValue]) -> None:
    event = Event(text, (Text(text=text), Order(order=order)), None)
    made = cleaned(event)
    assert storable([made.text, [part.model_dump() for part in made.parts]])
    assert astuple(made)[2] is None


@given(JSON)
def test_what_needs_no_cleaning_is_not_suspected_or_unchanged(value: JsonValue) -> None:
    body = json.dumps(value).encode()
    if not suspect(body):
        assert cleaned(value) == value


@pytest.mark.parametrize(
    "body", [b'{"a": "\\u0000"}', b'{"a": "\\uD83D"}', b'"\x00"', b'"\\ud8aa"']
)
def test_such_a_character_is_seen_in_the_body(body: bytes) -> None:
    assert suspect(body)


def test_a_whole_pair_stays() -> None:
    assert cleaned(json.loads('"\\ud83d\\ude00"')) == "😀"
