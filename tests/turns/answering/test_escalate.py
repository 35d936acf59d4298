"""When a person is called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rejoinder.bots.policies import Escalate
from rejoinder.llm.model import Understanding
from rejoinder.turns.answering.judging.escalate import (
    Ruling,
    Situation,
    after_an_answer,
    before_an_answer,
    first,
)

CALM = Situation(Understanding("question", "neutral", 0.9), confidence=0.9)


def fired(rulings: tuple[Ruling, ...]) -> list[str]:
    return [each.rule for each in rulings if each.fired]


def test_nobody_is_called_for_an_ordinary_question() -> None:
    assert not fired(before_an_answer(CALM, Escalate()))
    assert not fired(after_an_answer(CALM, Escalate()))


@pytest.mark.parametrize(
    ("situation", "rule"),
    [
        (replace(CALM, understanding=Understanding("question", "very_negative")), "very_negative"),
        (
            replace(CALM, understanding=Understanding("complaint"), confidence=0.69),
            "unsure_complaint",
        ),
        (replace(CALM, complaints=3), "complaints"),
        (replace(CALM, confidence=0.49), "low_confidence"),
        (replace(CALM, unknowing=3), "not_found"),
        (replace(CALM, understanding=Understanding("refund_request")), "intent"),
        (replace(CALM, understanding=Understanding(needs=frozenset({"refund"}))), "intent"),
        (
            replace(CALM, understanding=Understanding("complaint"), tags=frozenset({"vip"})),
            "vip",
        ),
    ],
)
def test_each_rule_calls_one(situation: Situation, rule: str) -> None:
    assert fired(after_an_answer(situation, Escalate())) == [rule]


@pytest.mark.parametrize("need", ["person", "emergency", "legal", "abuse"])
def test_some_needs_are_not_answered_first(need: str) -> None:
    needing = replace(CALM, understanding=Understanding(needs=frozenset({need})))
    called = first(before_an_answer(needing, Escalate()))
    assert called is not None
    assert not called.keeps


def test_a_refund_is_answered_before_a_person_comes() -> None:
    needing = replace(CALM, understanding=Understanding(needs=frozenset({"refund"})))
    assert not fired(before_an_answer(needing, Escalate()))
    called = first(after_an_answer(needing, Escalate()))
    assert called is not None
    assert called.keeps


@pytest.mark.parametrize(
    ("intent", "called"),
    [
        ("refund", True),
        ("request_refund", True),
        ("refund_policy", False),
        ("refundable_items", False),
        ("illegal_parking", False),
        ("legal_threat", True),
    ],
)
def test_a_models_own_word_counts_by_whole_words(intent: str, called: bool) -> None:
    meant = replace(CALM, understanding=Understanding(intent))
    assert ("intent" in fired(after_an_answer(meant, Escalate()))) is called


def test_an_intent_of_the_bots_own_calls_where_it_is_listed() -> None:
    meant = replace(CALM, understanding=Understanding("refund_status"))
    own = {"refund_status"}
    assert not fired(after_an_answer(meant, Escalate(), own))
    listed = Escalate(intents=frozenset({"refund", "refund_status"}))
    assert fired(after_an_answer(meant, listed, own)) == ["intent"]


def test_every_rule_can_be_switched_off() -> None:
    angry = Situation(
        Understanding("complaint_legal", "very_negative", needs=frozenset({"person", "legal"})),
        confidence=0.1,
        complaints=9,
        unknowing=9,
        tags=frozenset({"vip"}),
    )
    off = Escalate(
        very_negative=False,
        complaint_confidence=0,
        complaints=0,
        min_confidence=0,
        not_found=0,
        intents=frozenset(),
        asks_person=False,
        vip_tags=(),
    )
    assert len(fired(after_an_answer(angry, Escalate()))) == 7
    assert not fired(after_an_answer(angry, off))
    assert not fired(before_an_answer(angry, off))


def test_what_holds_the_answer_back_goes_before_what_lets_it_out() -> None:
    unsure = replace(CALM, understanding=Understanding("refund", "very_negative"), confidence=0.2)
    called = first(after_an_answer(unsure, Escalate()))
    assert called is not None
    assert called.rule == "low_confidence"


def test_a_vip_may_be_a_persons_whatever_they_write() -> None:
    vip = replace(CALM, tags=frozenset({"vip"}))
    assert not fired(before_an_answer(vip, Escalate()))
    assert fired(before_an_answer(vip, Escalate(vip_always=True))) == ["vip"]
