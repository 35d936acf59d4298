"""Which persona speaks, and what is added to its replies."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bots.policies import Speak
from rejoinder.bots.voice.disclosure import disclosure, with_disclosure
from rejoinder.bots.voice.model import Persona
from rejoinder.bots.voice.persona import pick, signed

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)


def _persona(number: int, channel: UUID | None, *, default: bool = False) -> Persona:
    return Persona(UUID(int=number), UUID(int=9), channel, f"No. {number}", is_default=default)


LOOSE = _persona(10, None)
BOTS = _persona(11, None, default=True)
OTHERS = _persona(12, ELSEWHERE, default=True)
FIRST = _persona(13, HERE)
OWN = _persona(14, HERE, default=True)


@pytest.mark.parametrize(
    ("there", "speaks"),
    [
        ((LOOSE, BOTS, OTHERS, FIRST, OWN), OWN),
        ((LOOSE, BOTS, OTHERS, FIRST), FIRST),
        ((LOOSE, BOTS, OTHERS), BOTS),
        ((LOOSE, OTHERS), None),
        ((), None),
    ],
)
def test_the_channels_own_goes_before_the_bots(
    there: tuple[Persona, ...], speaks: Persona | None
) -> None:
    assert pick(there, HERE) == speaks


def test_without_a_channel_the_bots_default_speaks() -> None:
    assert pick((FIRST, OWN, BOTS), None) == BOTS


@given(st.sets(st.sampled_from((LOOSE, BOTS, OTHERS, FIRST, OWN))))
def test_who_is_not_active_never_speaks(silent: set[Persona]) -> None:
    there = [replace(each, active=each not in silent) for each in (LOOSE, BOTS, OTHERS, FIRST, OWN)]
    found = pick(there, HERE)
    assert found is None or found.active


def test_the_signature_is_put_under_a_reply_once() -> None:
    ann = replace(OWN, signature="— Ann ")
    once = signed("Hello!", ann)
    assert once == "Hello!\n\n— Ann"
    assert signed(once, ann) == once
    assert signed("", ann) == ""
    assert signed("Hello!", None) == signed("Hello!", OWN) == "Hello!"


@pytest.mark.parametrize(
    ("disclose", "first", "told"),
    [
        ("never", True, False),
        ("first", True, True),
        ("first", False, False),
        ("each", False, True),
        ("each", True, True),
    ],
)
def test_the_line_is_told_when_it_is_wanted(disclose: str, first: bool, told: bool) -> None:
    speak = Speak.model_validate({"disclose": disclose})
    found = with_disclosure("Hello!", first, speak)
    assert found == (f"{speak.disclosure}\n\nHello!" if told else "Hello!")
    assert with_disclosure(found, first, speak) == found


def test_the_usual_line_speaks_the_customers_language() -> None:
    speak = Speak(disclose="each")
    lines = {disclosure(speak, language) for language in ("en", "th", "vi", "pt", "es")}
    assert len(lines) == 5
    assert disclosure(speak, "fi") == disclosure(speak, "en") == speak.disclosure
    assert with_disclosure("สวัสดีค่ะ", True, speak, "th").startswith("คุณกำลังสนทนากับ")


def test_a_line_of_the_business_stands_as_it_was_written() -> None:
    speak = Speak(disclose="each", disclosure="Bot here.")
    assert {disclosure(speak, language) for language in ("en", "th")} == {"Bot here."}
    assert with_disclosure("", True, speak) == ""
    assert with_disclosure("Hi", True, Speak(disclose="each", disclosure="")) == "Hi"
