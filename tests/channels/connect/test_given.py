"""What is given for an account, held against what its platform asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from rejoinder.channels.connect.given import is_needed, make, read, refuse
from rejoinder.channels.connect.settings import Common, chat, rest
from rejoinder.channels.connect.webhook import is_reachable, next_steps, webhook_url
from rejoinder.channels.port.adapter import Field
from rejoinder.db import new_id
from rejoinder.errors import Invalid
from tests.channels.connect.pigeon import Pigeon

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
names = st.sampled_from([*(each.name for each in Pigeon.credentials), "canary"])


@given(st.dictionaries(names, json))
def test_each_field_is_read_or_named(values: dict[str, JsonValue]) -> None:
    found = read(Pigeon.credentials, values, "credentials")
    wrong = {each.where.removeprefix("credentials.") for each in found.problems}
    for each in Pigeon.credentials:
        assert (each.name in found.texts) + (each.name in wrong) <= 1
        if is_needed(each):
            assert each.name in found.texts or each.name in wrong
    assert ("canary" in wrong) == ("canary" in values)
    assert "canary" not in found.texts


@given(st.dictionaries(st.sampled_from([*Common.model_fields, "wind", "sea"]), json))
def test_settings_are_read_or_refused_and_never_break(values: dict[str, JsonValue]) -> None:
    settings, problems = chat(Pigeon.settings, values)
    if not problems:
        kept = settings.stored()
        assert chat(Pigeon.settings, kept)[0] == settings


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "is missing"),
        ("  ", "is missing"),
        (5, "must be a text"),
        ("x" * 5000, "4096"),
        ("12\n3", "line break"),
        ("twelve", "has not the form"),
    ],
)
def test_a_value_is_never_repeated(value: JsonValue, told: str) -> None:
    (problem, _) = read(Pigeon.credentials, {"loft": value}, "credentials").problems
    assert told in problem.what
    assert "twelve" not in problem.what


def test_values_are_freed_of_what_was_pasted_around_them() -> None:
    found = read(Pigeon.credentials, {"loft": " 12 ", "token": "abc\n"}, "credentials")
    assert (found.texts, found.problems) == ({"loft": "12", "token": "abc"}, ())


def test_what_is_made_up_is_made_once_and_never_over_what_was_given() -> None:
    made = make(Pigeon.credentials, {})
    assert made.keys() == {"verify_token"}
    assert len(made["verify_token"]) == 32
    assert make(Pigeon.credentials, {})["verify_token"] != made["verify_token"]
    assert make(Pigeon.credentials, {"verify_token": "mine"}) == {}


def test_every_problem_stands_in_one_refusal() -> None:
    found = read(Pigeon.credentials, {"sea": 1}, "credentials")
    with pytest.raises(Invalid) as refused:
        refuse(found.problems)
    assert refused.value.where == "credentials.sea"
    assert "credentials.loft is missing: Number of the loft (Loft › Door plate)." in str(
        refused.value
    )
    refuse([])


def test_a_field_with_a_usual_value_is_not_needed() -> None:
    assert not is_needed(Field("a", "A", "", usual="b"))
    assert not is_needed(Field("a", "A", "", required=False))
    assert is_needed(Field("a", "A", ""))


def test_rest_channels_keep_their_settings() -> None:
    settings, problems = rest({"callback_url": "https://a.example", "deduplicates": False})
    assert (settings.callback_url, settings.deduplicates, problems) == (
        "https://a.example",
        False,
        [],
    )
    _, problems = rest({"deduplicates": "no", "url": 1})
    assert {each.where for each in problems} == {"settings.deduplicates", "settings.url"}


def test_where_messages_come_in() -> None:
    which = new_id()
    assert webhook_url("https://a.example/", "rest", which) == "https://a.example/api/v1/messages"
    assert webhook_url("https://a.example/b", "pigeon", which) == (
        f"https://a.example/b/webhooks/pigeon/{which}"
    )
    assert webhook_url("https://a.example", "widget", which) is None
    assert webhook_url("https://a.example", "pancake", which) is None
    assert is_reachable("https://a.example")
    assert not is_reachable("http://a.example")
    assert not is_reachable(None)


def test_a_verify_token_is_shown_only_where_it_was_made() -> None:
    assert next_steps(Pigeon(), "U", {"verify_token": "T"}) == "Write U and T on the door."
    assert "the verify token you gave" in next_steps(Pigeon(), "U", {})
