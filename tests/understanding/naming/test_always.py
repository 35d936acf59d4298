"""What holds for any text."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bots.policies import OwnEntity
from rejoinder.understanding.model import Place
from rejoinder.understanding.naming import KINDS, entities, normalised, valid
from rejoinder.understanding.naming.plain import plain
from tests.understanding.naming.places import PLACES
from tests.understanding.naming.test_chat import EXAMPLES as CHAT
from tests.understanding.naming.test_contact import EXAMPLES as CONTACTS
from tests.understanding.naming.test_counts import EXAMPLES as COUNTS
from tests.understanding.naming.test_money import EXAMPLES as MONEY
from tests.understanding.naming.test_said import EXAMPLES as SAID
from tests.understanding.naming.test_when import EXAMPLES as WHEN

OWN = (
    OwnEntity(type="size", values={"L": ("large", "ใหญ่")}),
    OwnEntity(type="code", pattern=r"\w{2}\d+"),
)
PIECES = [text for table in (CHAT, CONTACTS, COUNTS, MONEY, SAID, WHEN) for _, text, _ in table]
SMALL = [
    "-",
    "–",
    "/",
    ".",
    ",",
    " to ",
    "\n",
    "\u200b",
    "99",
    "บ",
    "ngày ",
    "h",
    "đ",
    "$",
    "a las ",
]

pieces = st.lists(st.sampled_from(PIECES + SMALL) | st.text(max_size=8), max_size=8).map("".join)
forms = st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])
texts = st.builds(unicodedata.normalize, forms, pieces) | st.text(max_size=200)
places = st.sampled_from(list(PLACES.values()))
languages = st.sampled_from(["en", "th", "vi", "pt", "es", "und", "ja"])


@given(texts, places, languages)
def test_values_are_pieces_of_the_text_in_its_order(text: str, place: Place, language: str) -> None:
    at = 0
    for entity in entities(text, place, OWN, language):
        assert entity.value
        assert entity.value == entity.value.strip()
        at = text.index(entity.value, at)


@given(texts, places, languages)
def test_every_normal_form_is_valid_and_its_own(text: str, place: Place, language: str) -> None:
    for entity in entities(text, place, OWN, language):
        if entity.normal is not None:
            assert valid(entity.type, entity.normal, place, OWN) == entity.normal


@given(texts, places, languages)
def test_dates_and_times_are_iso_8601(text: str, place: Place, language: str) -> None:
    read = {"date": date, "time": time, "datetime": datetime}
    for entity in entities(text, place, (), language):
        if entity.type in read:
            assert entity.normal is not None
            parsed = read[entity.type].fromisoformat(entity.normal)  # type: ignore[attr-defined]
            assert entity.type != "datetime" or parsed.tzinfo is not None


@given(texts, places, languages)
def test_what_is_found_is_kept_when_a_model_names_it(
    text: str, place: Place, language: str
) -> None:
    for entity in entities(text, place, OWN, language):
        kept = normalised(entity, place, OWN)
        assert kept is not None
        assert kept.type == entity.type


@given(st.sampled_from([*KINDS, "text", "size", "code"]), texts, places)
def test_any_answer_is_read(kind: str, text: str, place: Place) -> None:
    normal = valid(kind, text, place, OWN)
    assert normal is None or normal.strip()


@given(texts)
def test_a_plain_text_knows_its_way_back(text: str) -> None:
    read = plain(text)
    assert read.original(0, len(read.text)) == text
    assert plain(read.text).text == read.text
