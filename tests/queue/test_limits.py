"""`REJOINDER_LANES`: what it says, and what is told of rubbish."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import Setup
from rejoinder.queue.lanes import LANES, NAMES, find, unknown
from rejoinder.queue.limits import Limit, limits


def test_without_a_setting_each_lane_has_its_default() -> None:
    chosen = limits(None, 5000)
    assert chosen.keys() == NAMES
    assert chosen["turns"] == Limit(5000)
    assert chosen["deliver.rest"] == Limit(1000)
    assert chosen["maintenance"] == Limit(1)


GOOD = {
    "turns=20": {"turns": Limit(20)},
    "turns=20, deliver.rest = 200 @ 50/s ,": {
        "turns": Limit(20),
        "deliver.rest": Limit(200, 50.0),
    },
    "deliver.rest=@0.5/s": {"deliver.rest": Limit(1000, 0.5)},
    "bulk=@30/min": {"bulk": Limit(50, 0.5)},
    "whatsapp-qr-send=1": {"deliver.whatsapp_qr": Limit(1)},
    "turns=1,turns=@2/s": {"turns": Limit(1, 2.0)},
}


@pytest.mark.parametrize(("setting", "says"), GOOD.items())
def test_a_setting_changes_what_it_names(setting: str, says: dict[str, Limit]) -> None:
    assert limits(setting, 5000) == {**limits(None, 5000), **says}


def test_all_deliveries_are_named_at_once_and_the_later_word_counts() -> None:
    chosen = limits("outgoing-messages=5,deliver.rest=7", 5000)
    assert chosen["deliver.pancake"] == Limit(5)
    assert chosen["deliver.rest"] == Limit(7)
    assert {chosen[lane.name] for lane in find("deliver")} == {Limit(5), Limit(7)}


WRONG = (
    "turns",
    "turns=",
    "turns=x",
    "turns=-1",
    "turns=0",
    "turns=999999",
    "turns=1@",
    "turns=1@5",
    "turns=1@0/s",
    "turns=1@5/h",
    "=5",
    "turns=5;bulk=5",
    "turns=٣",
)


@pytest.mark.parametrize("setting", WRONG)
def test_rubbish_is_answered_with_the_grammar(setting: str) -> None:
    with pytest.raises(Setup) as told:
        limits(setting, 5000)
    assert "REJOINDER_LANES" in told.value.detail
    assert "turns=2000,deliver.rest=200@50/s" in told.value.mend


def test_an_unknown_lane_is_answered_with_the_nearest() -> None:
    with pytest.raises(Setup, match=r"no lane 'delivr.rest'. The nearest is 'deliver.rest'"):
        limits("delivr.rest=5", 5000)


@given(st.text())
def test_any_text_is_read_or_refused(setting: str) -> None:
    with suppress(Setup):
        assert limits(setting, 10).keys() == NAMES


def test_each_name_and_alias_leads_to_lanes() -> None:
    for lane in LANES:
        assert find(lane.name) == (lane,)
        for alias in lane.aliases:
            assert lane in find(alias)
    assert not NAMES & {alias for lane in LANES for alias in lane.aliases}
    assert len(find("outgoing-messages")) == len(find("deliver")) > 1
    assert find("nobody") == ()
    assert all(lane.name in unknown("nobody")[1] for lane in LANES)
