"""What counts as a thing of its kind when a customer answers with it, or a model names it."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import OwnEntity
from rejoinder.llm.model import Entity
from rejoinder.understanding.naming import normalised, valid
from tests.understanding.naming.places import PLACES

ANSWERS = [
    ("th", "phone", "081 234 5678", "+66812345678"),
    ("th", "phone", "เบอร์ ๐๘๑๒๓๔๕๖๗๘ ค่ะ", "+66812345678"),
    ("th", "phone", "12345", None),
    ("th", "phone", "no", None),
    ("en", "email", "it's Ann@Example.com", "ann@example.com"),
    ("en", "email", "ann at example", None),
    ("th", "money", "450", "450.00 THB"),
    ("vi", "money", "200k", "200000 VND"),
    ("en", "money", "a lot", None),
    ("en", "date", "tomorrow at 3pm", "2026-11-22"),
    ("en", "time", "tomorrow at 3pm", "15:00"),
    ("en", "date", "2026-12-01", "2026-12-01"),
    ("gb", "date", "12/05", "2027-05-12"),
    ("en", "datetime", "tomorrow", None),
    ("en", "datetime", "2026-12-01T10:00", "2026-12-01T10:00:00-05:00"),
    ("en", "time", "15:30", "15:30"),
    ("th", "time", "บ่ายสอง", "14:00"),
    ("vi", "date", "ngày mai", "2026-11-22"),
    ("en", "date", "whenever", None),
    ("en", "quantity", "4", "4"),
    ("th", "quantity", "สามชิ้น", "3 ชิ้น"),
    ("en", "quantity", "some", None),
    ("en", "order_number", "#a-1234", "A-1234"),
    ("en", "order_number", "I don't know", None),
    ("en", "name", "Mary O'Neil", "Mary O'Neil"),
    ("th", "name", "ผมชื่อสมชายครับ", "สมชาย"),
    ("en", "name", "my name is Ann", "Ann"),
    ("en", "name", "12 monkeys", None),
    ("en", "name", "why do you need to know my name", None),
    ("en", "url", "example.com", "https://example.com"),
    ("en", "text", "  anything at all ", "anything at all"),
    ("en", "shoe_size", "42", "42"),
    ("en", "text", "   ", None),
]


@pytest.mark.parametrize(("where", "kind", "value", "normal"), ANSWERS)
def test_an_answer_has_one_form_or_is_none(
    where: str, kind: str, value: str, normal: str | None
) -> None:
    assert valid(kind, value, PLACES[where], ()) == normal


COLOUR = OwnEntity(type="colour", values={"red": ("crimson",)})
MODELS = [
    (Entity("phone", "081-234-5678"), Entity("phone", "081-234-5678", "+66812345678")),
    (Entity("phone_number", "0812345678"), Entity("phone", "0812345678", "+66812345678")),
    (Entity("phone", "order 12"), None),
    (Entity("email", "none given"), None),
    (Entity("colour", "crimson"), Entity("colour", "crimson", "red")),
    (Entity("colour", "blue"), None),
    (Entity("allergy", "peanuts"), Entity("allergy", "peanuts")),
    (Entity("allergy", " "), None),
    (Entity("price", "cheap"), Entity("price", "cheap")),
    (Entity("price", "450 บาท"), Entity("money", "450 บาท", "450.00 THB")),
    (Entity("date", "after Songkran"), Entity("date", "after Songkran")),
    (Entity("date", "Friday", "2026-11-27"), Entity("date", "Friday", "2026-11-27")),
    (Entity("date", "the same day", "2026-12-01"), Entity("date", "the same day", "2026-12-01")),
]


@pytest.mark.parametrize(("said", "kept"), MODELS)
def test_what_a_model_names_is_kept_if_it_is_so(said: Entity, kept: Entity | None) -> None:
    assert normalised(said, PLACES["th"], [COLOUR]) == kept
