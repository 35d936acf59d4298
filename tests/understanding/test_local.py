"""The unanswered messages read by rules, all in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bots.policies import OwnEntity, Understand
from rejoinder.llm.model import Entity, Understanding
from rejoinder.understanding.local import understand
from tests.understanding.naming.places import PLACES

OWN = Understand()


def test_three_messages_are_one_reading() -> None:
    said = understand(["hi", "my order #A-1234 arrived broken", "where is it?"], OWN, PLACES["en"])
    assert (said.intent, said.sentiment) == ("complaint", "negative")
    assert said.entities == (Entity("order_number", "A-1234", "A-1234"),)
    assert (said.language, said.source) == ("en", "local")
    assert said.confidence is not None


def test_nothing_said_is_nothing_understood() -> None:
    assert understand(["", "  "], OWN, PLACES["en"]) == Understanding(source="local")


def test_a_thing_named_twice_is_named_once() -> None:
    said = understand(["tomorrow at 3pm", "yes, tomorrow 15:00"], OWN, PLACES["en"])
    assert said.entities == (Entity("datetime", "tomorrow at 3pm", "2026-11-22T15:00:00-05:00"),)


@pytest.mark.parametrize(
    ("where", "texts", "language"),
    [
        ("en", ["I want to book a table", "tmr 7pm"], "en"),
        ("th", ["อยากจองโต๊ะค่ะ", "2 ทุ่ม"], "th"),
        ("vi", ["em muốn đặt bàn", "mai 8h"], "vi"),
        ("pt", ["não quero mais", "ok"], "pt"),
        ("es", ["¿cuánto cuesta el envío?", "ok"], "es"),
    ],
)
def test_a_message_that_shows_no_language_has_that_of_the_others(
    where: str, texts: list[str], language: str
) -> None:
    assert understand(texts, OWN, PLACES[where]).language == language


def test_a_bots_own_kinds_are_found() -> None:
    own = Understand(entities=(OwnEntity(type="size", values={"L": ("large",)}),))
    assert understand(["a large one"], own, PLACES["en"]).entities == (
        Entity("size", "large", "L"),
    )


@pytest.mark.parametrize(
    ("text", "need"),
    [("I want to talk to a real person", "person"), ("I want my money back", "refund")],
)
def test_what_needs_people_stands_beside_the_intent(text: str, need: str) -> None:
    assert need in understand(["hello", text, "thanks"], OWN, PLACES["en"]).needs


@given(st.lists(st.text(max_size=60), max_size=4), st.sampled_from(list(PLACES)))
def test_any_messages_are_read(texts: list[str], where: str) -> None:
    said = understand(texts, OWN, PLACES[where])
    assert said.source == "local"
    assert said.confidence is None or 0 <= said.confidence <= 1
