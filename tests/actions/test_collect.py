"""What a customer's words make of a question that is open."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from rejoinder.actions.collect import (
    Again,
    Cancelled,
    Collecting,
    GaveUp,
    Got,
    Kept,
    Outcome,
    begin,
    heard,
)
from rejoinder.actions.model import CollectInfo
from rejoinder.db import new_id
from rejoinder.llm.model import Entity

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TURN, NEXT = new_id(), new_id()
SHAPES = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}"),
    "phone": re.compile(r"\+?[\d ]{8,15}"),
    "date": re.compile(r"\d{1,2}/\d{1,2}"),
    "quantity": re.compile(r"\d{1,4}"),
    "name": re.compile(r"[^\d?]{1,40}"),
}


def valid(kind: str, value: str) -> str | None:
    """A stand-in with the shapes of the kinds alone; anything is a text."""
    shape = SHAPES.get(kind)
    told = value.strip()
    return told if told and (shape is None or shape.fullmatch(told)) else None


def asked(kind: str = "email", **given: object) -> Collecting:
    found = begin(CollectInfo("contact", "E-mail?", kind), new_id(), TURN, NOW)
    return replace(found, **given)  # type: ignore[arg-type]


def said(
    *texts: str, of: Collecting | None = None, after: timedelta = timedelta(minutes=1), **given: str
) -> Outcome:
    intent, language = given.get("intent", "unknown"), given.get("language", "en")
    found = [Entity("email", "bo@x.example", "bo@x.example")] if "entity" in given else []
    return heard(
        of or asked(given.get("kind", "email")),
        texts,
        turn_id=NEXT,
        now=NOW + after,
        valid=valid,
        found=found,
        intent=intent,
        language=language,
    )


GIVEN = {
    "bare": ("email", ["anna@x.example"], "anna@x.example"),
    "in a sentence": ("email", ["It is anna@x.example, thanks."], "anna@x.example"),
    "beside a question": ("email", ["anna@x.example. When do you open?"], "anna@x.example"),
    "in the second message": ("email", ["Sure", "anna@x.example"], "anna@x.example"),
    "corrected": ("email", ["ana@x.example", "sorry, anna@x.example"], "anna@x.example"),
    "after a refusal": ("email", ["never mind, take anna@x.example"], "anna@x.example"),
    "a number": ("quantity", ["2"], "2"),
    "a name": ("name", ["Anna Berg"], "Anna Berg"),
    "a text": ("text", ["None, but I sleep badly"], "None, but I sleep badly"),
    "a text that says there is none": ("text", ["I don't have any"], "I don't have any"),
    "a kind nobody knows": ("room_type", ["Sea view"], "Sea view"),
}


@pytest.mark.parametrize(("kind", "texts", "value"), GIVEN.values(), ids=GIVEN.keys())
def test_what_is_told_is_taken(kind: str, texts: list[str], value: str) -> None:
    outcome = said(*texts, kind=kind)
    assert isinstance(outcome, Got)
    assert (outcome.value, outcome.left) == (value, None)


def test_what_was_found_in_the_words_is_taken() -> None:
    outcome = said("bo at x dot example", entity="yes")
    assert isinstance(outcome, Got)
    assert outcome.value == "bo@x.example"


WRONG = {
    "en": ("anna at mail", "e-mail"),
    "th": ("แอนนา ที่เมล", "อีเมล"),
    "vi": ("anna a còng mail", "email"),
    "pt": ("anna arroba mail", "e-mail"),
    "es": ("anna arroba mail", "correo"),
    "de": ("anna bei mail", "e-mail"),
}


@pytest.mark.parametrize(("language", "texts"), WRONG.items(), ids=WRONG.keys())
def test_what_is_no_answer_is_asked_again(language: str, texts: tuple[str, str]) -> None:
    outcome = said(texts[0], language=language)
    assert isinstance(outcome, Again)
    wrong, question = outcome.reply.split("\n")
    assert texts[1] in wrong
    assert question == "E-mail?"
    assert (outcome.left.tries, outcome.left.turn_id) == (2, NEXT)


def test_what_is_wrong_is_told_in_the_language_of_the_question() -> None:
    outcome = said("anna@mail", of=asked(question="ขออีเมลหน่อยได้ไหมคะ"), language="en")
    assert isinstance(outcome, Again)
    assert outcome.reply.startswith("ดูเหมือนอีเมลยังไม่ครบ")


def test_after_three_tries_a_person_is_called() -> None:
    of = asked()
    for _ in range(2):
        outcome = said("not@mail", of=of)
        assert isinstance(outcome, Again)
        of = outcome.left
    outcome = said("not@mail", of=of)
    assert isinstance(outcome, GaveUp)
    assert "contact 3 times" in outcome.why


DECLINES = {
    "en": "Never mind",
    "en too": "I'd rather not say",
    "th": "ไม่สะดวกให้ค่ะ",
    "vi": "thôi khỏi",
    "pt": "Deixa pra lá",
    "es": "Olvídalo",
    "none": "I don't have one",
    "none th": "ไม่มีค่ะ",
}


@pytest.mark.parametrize("text", DECLINES.values(), ids=DECLINES.keys())
@pytest.mark.parametrize("kind", ["email", "phone", "room_type"])
def test_who_does_not_want_to_tell_is_left_alone(text: str, kind: str) -> None:
    first = said(text, kind=kind)
    assert isinstance(first, Kept)
    assert first.left.put_off
    assert isinstance(said(text, of=first.left), Cancelled)


ELSEWHERE = [
    ("How much is delivery?", "unknown"),
    ("Quanto custa a entrega", "unknown"),
    ("ค่าส่งเท่าไหร่คะ", "unknown"),
    ("Phí giao hàng bao nhiêu", "unknown"),
    ("I want a refund", "complaint"),
    ("The last parcel came late and it was broken when I opened it", "unknown"),
]


@pytest.mark.parametrize(("text", "intent"), ELSEWHERE)
@pytest.mark.parametrize("kind", ["email", "quantity"])
def test_another_subject_keeps_the_question_open_once(text: str, intent: str, kind: str) -> None:
    first = said(text, intent=intent, kind=kind)
    assert isinstance(first, Kept)
    assert isinstance(said("anna@x.example", of=replace(first.left, kind="email")), Got)
    assert isinstance(said(text, intent=intent, of=first.left), Cancelled)


@pytest.mark.parametrize("text", ["How much is delivery?", "¿Qué precio tiene?", "ราคาเท่าไหร่"])
@pytest.mark.parametrize("kind", ["text", "name", "room_type"])
def test_a_question_is_no_answer_even_where_all_is_valid(text: str, kind: str) -> None:
    assert isinstance(said(text, kind=kind), Kept)


@pytest.mark.parametrize("text", ["ok", "One moment!", "ได้ค่ะ", "dạ vâng", "só um momento", "Vale"])
def test_who_asks_for_a_moment_has_it(text: str) -> None:
    of = asked(put_off=True)
    outcome = said(text, of=of)
    assert isinstance(outcome, Kept)
    assert outcome.left == of


def test_a_picture_is_no_answer_and_no_refusal() -> None:
    of = asked()
    assert said("", of=of) == Kept(of, of)
    assert said(of=of) == Kept(of, of)


def test_after_a_day_nobody_waits() -> None:
    assert isinstance(said("anna@x.example", after=timedelta(hours=23)), Got)
    assert isinstance(said("anna@x.example", after=timedelta(hours=25)), Cancelled)


def test_a_valid_answer_after_another_subject_counts_tries_no_further() -> None:
    outcome = said("bad@mail", of=asked(put_off=True, tries=2))
    assert isinstance(outcome, Again)
    assert (outcome.left.tries, outcome.left.put_off) == (3, False)


def test_the_same_question_asked_anew_counts_on() -> None:
    before = asked(tries=2)
    same = begin(CollectInfo("contact", "And now?", "email"), new_id(), NEXT, NOW, before)
    other = begin(CollectInfo("name", "Your name?", "name"), new_id(), NEXT, NOW, before)
    assert (same.tries, other.tries) == (3, 1)


@given(
    st.text(),
    st.integers(1, 5),
    st.booleans(),
    st.lists(st.text(), max_size=3),
    st.sampled_from(["email", "phone", "text", "name", "own"]),
)
def test_every_word_has_an_outcome_and_every_state_is_kept(
    question: str, tries: int, put_off: bool, texts: list[str], kind: str
) -> None:
    of = replace(asked(kind), question=question, tries=tries, put_off=put_off)
    assert Collecting.read(from_json(to_json(of.stored()))) == of
    outcome = said(*texts, of=of)
    assert outcome.of == of
    assert outcome.left is None or of.tries <= outcome.left.tries <= max(3, of.tries)
