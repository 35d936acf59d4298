"""Settings that another version wrote are read as far as they can be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bots.policies import BotSettings

_NAMES = st.sampled_from([*BotSettings.model_fields, "off", "redact", "intents", "top", "later"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("stored", "passed_over"),
    [
        ({"later": {"on": True}}, ("later",)),
        ({"know": {"top": 7, "rerank": "on"}}, ("know.rerank",)),
        ({"know": {"top": 7}, "speak": ["?"]}, ("speak",)),
        ({"know": {"top": 7, "languages": ["en", 1]}}, ("know.languages",)),
        (
            {"know": {"top": 7}, "understand": {"intents": [{"name": "A B"}]}},
            ("understand.intents",),
        ),
    ],
)
def test_what_this_version_does_not_know_is_passed_over(
    stored: dict[str, Any], passed_over: tuple[str, ...]
) -> None:
    settings, names = BotSettings.read(stored)
    assert names == passed_over
    assert settings.stored() == ({"know": {"top": 7}} if "know" in stored else {})


def test_a_bot_whose_mode_cant_be_read_answers_nobody() -> None:
    assert BotSettings.read({"mode": "whisper"})[0].mode == "draft"


@given(stored=st.dictionaries(_NAMES, _JSON, max_size=4))
def test_reading_never_fails(stored: dict[str, Any]) -> None:
    settings, names = BotSettings.read(stored)
    if not names:
        assert settings == BotSettings.model_validate(stored)
