"""Personal data behind placeholders, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.bots.policies import Check
from rejoinder.guard.redact import KINDS, Redaction, unknown_kinds
from tests.guard.cases import cases

_USUAL = Check().redact

_TEXTS = [case["text"] for name in ("personal", "ordinary") for case in cases(name)]
_LIKE = [
    "[EMAIL_1]",
    "EMAIL_1",
    "[email 2]",
    "[TEXT_1]",
    "TEXT_1",
    "[",
    "]",
    "_1",
    " ",
    "1",
    "EMAIL",
    "\n",
]
_PIECES = st.sampled_from([*_TEXTS, *_LIKE])


@pytest.mark.parametrize("case", cases("personal"), ids=lambda case: case["text"])
def test_personal_data_does_not_pass(case: dict[str, str]) -> None:
    redaction = Redaction(_USUAL)
    hidden = redaction.hide(case["text"])
    assert case["value"] in redaction.values()
    assert f"[{case['kind'].upper()}_1]" in hidden
    assert case["value"] not in hidden
    assert redaction.show(hidden) == case["text"]


@pytest.mark.parametrize("text", [case["text"] for case in cases("ordinary")])
def test_orders_prices_dates_and_sizes_pass(text: str) -> None:
    assert Redaction(_USUAL).hide(text) == text


def test_there_are_enough_of_both() -> None:
    assert len(cases("personal")) >= 60
    assert len(cases("ordinary")) >= 60
    assert {case["language"] for case in cases("personal")} == {"en", "th", "vi", "pt", "es"}
    assert {case["kind"] for case in cases("personal")} == _USUAL


@settings(deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), _PIECES), max_size=8).map("".join))
def test_what_is_hidden_comes_back_as_it_was(text: str) -> None:
    redaction = Redaction(KINDS)
    assert redaction.show(redaction.hide(text)) == text


@settings(deadline=None)
@given(st.lists(_PIECES, min_size=2, max_size=5))
def test_texts_of_one_turn_come_back_whatever_was_hidden_between(texts: list[str]) -> None:
    redaction = Redaction(KINDS)
    hidden = [redaction.hide(text) for text in texts]
    assert [redaction.show(text) for text in hidden] == texts


def test_the_same_value_has_the_same_placeholder() -> None:
    redaction = Redaction(_USUAL)
    assert redaction.hide("a@b.com or 0812345678") == "[EMAIL_1] or [PHONE_1]"
    assert redaction.hide("0898765432, no: 0812345678") == "[PHONE_2], no: [PHONE_1]"


@pytest.mark.parametrize(
    "said",
    [
        "[EMAIL_1]",
        "[email_1]",
        "**[EMAIL_1]**",
        "EMAIL_1",
        "(Email 1)",
        "[EMAIL 1]",
        "[Email-1]",
        "`EMAIL_1`",
        "[correo_1]",
        "[EMAIL\\_1]",
        "{EMAIL_1}",
        "<EMAIL_1>",
        "[อีเมล_1]",
    ],
)
def test_what_a_model_makes_of_a_placeholder_is_understood(said: str) -> None:
    redaction = Redaction(_USUAL)
    redaction.hide("write to a@b.com")
    assert "a@b.com" in redaction.show(f"I wrote to {said}.")
    assert redaction.unknown(said) == []


def test_a_placeholder_that_stands_for_nothing_is_named() -> None:
    redaction = Redaction(_USUAL)
    redaction.hide("write to a@b.com")
    assert redaction.unknown("to [EMAIL_1] and [PHONE_4]") == ["[PHONE_4]"]
    assert redaction.show("[PHONE_4]") == "[PHONE_4]"


def test_a_customer_who_writes_a_placeholder_gets_it_back_and_nobody_elses_value() -> None:
    redaction = Redaction(_USUAL)
    hidden = redaction.hide("my mail is a@b.com. What is [EMAIL_1]?")
    assert hidden == "my mail is [EMAIL_1]. What is [TEXT_1]?"
    assert redaction.show("You wrote [TEXT_1].") == "You wrote [EMAIL_1]."


def test_kinds_that_are_not_asked_for_stay() -> None:
    assert Redaction({"email"}).hide("a@b.com 0812345678") == "[EMAIL_1] 0812345678"
    assert Redaction(()).hide("[EMAIL_1] a@b.com") == "[EMAIL_1] a@b.com"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("passport no. AB1234567", "passport no. [PASSPORT_1]"),
        ("hộ chiếu C1234567", "hộ chiếu [PASSPORT_1]"),
        ("from 203.0.113.7 again", "from [IP_ADDRESS_1] again"),
        ("บัญชี 123-4-56789-0 ค่ะ", "บัญชี [BANK_ACCOUNT_1] ค่ะ"),
    ],
)
def test_further_kinds_on_request(text: str, hidden: str) -> None:
    assert Redaction(KINDS).hide(text) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("12345 0812345678", "12345 [PHONE_1]"),
        ("0812345678/0898765432", "[PHONE_1]/[PHONE_2]"),
        ("2026-11-21 0812345678", "2026-11-21 [PHONE_1]"),
        ("0812345678, 0898765432.", "[PHONE_1], [PHONE_2]."),
    ],
)
def test_numbers_beside_each_other_are_told_apart(text: str, hidden: str) -> None:
    assert Redaction(_USUAL).hide(text) == hidden


def test_unknown_kinds_are_named() -> None:
    assert unknown_kinds({"email", "shoe_size"}) == ["shoe_size"]


@pytest.mark.parametrize(
    "unit", ["1 ", "1", "a@", "a.", "[EMAIL_", "1.1-", "AB12 ", "+", "081 ", "at gmail "]
)
def test_long_texts_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    redaction = Redaction(KINDS)
    assert redaction.show(redaction.hide(text)) == text
