"""A bot's own kinds: values with other words for them, and patterns that can't hang a worker."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import OwnEntity
from rejoinder.llm.model import Entity
from rejoinder.understanding.naming import checked, entities, valid
from rejoinder.understanding.naming.own import canonical
from tests.understanding.naming.places import PLACES

SIZE = OwnEntity(type="size", values={"L": ("large", "ไซส์ใหญ่", "cỡ lớn"), "S": ("small",)})
MODEL = OwnEntity(type="phone_model", values={"iPhone 15 Pro": ("ip 15 pro",), "iPhone 15": ()})
BOOKING = OwnEntity(type="booking", pattern=r"HN\d{6}")


def _found(text: str, *own: OwnEntity) -> list[Entity]:
    return list(entities(text, PLACES["th"], own, "en"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a LARGE one", "LARGE"),
        ("ขอไซส์ใหญ่ครับ", "ไซส์ใหญ่"),
        ("cỡ LỚN nhé", "cỡ LỚN"),
        ("co lon nhe", "co lon"),
    ],
)
def test_any_word_for_a_value_tells_it(text: str, value: str) -> None:
    assert _found(text, SIZE) == [Entity("size", value, "L")]


def test_a_word_inside_another_is_not_it() -> None:
    assert _found("the largest of smallholders", SIZE) == []


def test_the_longer_value_wins() -> None:
    assert _found("iphone 15 pro case", MODEL) == [
        Entity("phone_model", "iphone 15 pro", "iPhone 15 Pro")
    ]


def test_a_pattern_is_found_whatever_its_case_and_not_within_a_word() -> None:
    assert _found("is hn123456 ready? XHN123456 HN1234567", BOOKING) == [
        Entity("booking", "hn123456")
    ]


@pytest.mark.parametrize("text", ["order HN123456 please", "my booking HN123456"])
def test_words_before_it_make_it_nothing_else(text: str) -> None:
    assert _found(text, BOOKING) == [Entity("booking", "HN123456")]


def test_a_pattern_is_found_in_running_thai() -> None:
    assert _found("รหัสHN123456ครับ", BOOKING) == [Entity("booking", "HN123456")]


def test_places_are_kept_where_letters_are_typed_in_two() -> None:
    assert _found("cà phe\u0302 HN123456", BOOKING) == [Entity("booking", "HN123456")]


def test_an_own_kind_takes_the_place_of_ours() -> None:
    own = OwnEntity(type="phone", pattern=r"x\d{3}")
    assert _found("x123 or 081 234 5678", own) == [Entity("phone", "x123")]


def test_a_pattern_that_backtracks_elsewhere_is_read_in_linear_time() -> None:
    own = OwnEntity(type="evil", pattern="(a+)+b")
    assert _found("a" * 4_000, own) == []


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("(a", "no regular expression"),
        ("(?<=a)b", "no regular expression"),
        (r"(a)\1", "no regular expression"),
        ("((a{100}){100}){9}", "no regular expression"),
        ("a*", "empty text"),
    ],
)
def test_a_pattern_that_can_not_be_used_is_told(pattern: str, wrong: str) -> None:
    [problem] = checked([OwnEntity(type="code", pattern=pattern)])
    assert "'code'" in problem
    assert wrong in problem


def test_kinds_given_twice_and_words_for_two_values_are_told() -> None:
    clash = OwnEntity(type="size", values={"L": ("big",), "XL": ("BIG",)})
    assert checked([clash, SIZE]) == [
        "'BIG' in 'size' stands for both 'L' and 'XL'.",
        "The entity type 'size' is given twice.",
    ]


def test_good_kinds_have_no_problem() -> None:
    assert checked([SIZE, MODEL, BOOKING]) == []


def test_a_stored_pattern_that_is_none_finds_nothing() -> None:
    assert _found("(a", OwnEntity(type="code", pattern="(a")) == []


@pytest.mark.parametrize(
    ("own", "value", "normal"),
    [
        (SIZE, " Large ", "L"),
        (SIZE, "huge", None),
        (BOOKING, "hn123456", "hn123456"),
        (BOOKING, "my HN123456", None),
        (OwnEntity(type="colour"), "teal", "teal"),
    ],
)
def test_an_answer_is_one_of_the_values_or_fits(
    own: OwnEntity, value: str, normal: str | None
) -> None:
    assert valid(own.type, value, PLACES["th"], [own]) == normal


def test_half_a_surrogate_pair_stops_no_pattern() -> None:
    kind = OwnEntity(type="sku", pattern="[A-Z]{2}[0-9]+")
    assert [entity.value for entity in _found("\ud800 AB12 \udfff", kind)] == ["AB12"]
    assert canonical("AB\ud800", kind) is None
