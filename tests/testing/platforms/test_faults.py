"""Faults are drawn: as often as was asked for, and the same again for the same seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import Setup
from rejoinder.testing.platforms.faults import Faults, Plan, read_plan


def drawn(seed: int, customers: list[str], **rates: float) -> dict[str, list[str | None]]:
    faults = Faults(Plan({name.replace("_", "-"): rate for name, rate in rates.items()}, seed))
    found: dict[str, list[str | None]] = {}
    for who in customers:
        found.setdefault(who, []).append(faults.of_send(who))
    return found


@given(st.integers(0, 99), st.randoms())
def test_the_draw_does_not_hang_on_who_comes_between(seed: int, dice: object) -> None:
    in_order = [f"customer {number}" for number in range(5) for _ in range(4)]
    mixed = list(in_order)
    dice.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis hands a random.Random
    rates = {"throttle": 0.3, "hang_after_accept": 0.3}
    assert drawn(seed, in_order, **rates) == drawn(seed, mixed, **rates)


def test_rates_are_kept() -> None:
    customers = [f"customer {number}" for number in range(2000)]
    found = [each[0] for each in drawn(1, customers, throttle=0.2, reject=0.1).values()]
    assert 300 < found.count("throttle") < 500
    assert 130 < found.count("reject") < 270
    assert 1250 < found.count(None) < 1550


def test_another_seed_draws_others() -> None:
    customers = ["one"] * 50
    assert drawn(1, customers, throttle=0.5) != drawn(2, customers, throttle=0.5)


def test_the_script_comes_first() -> None:
    faults = Faults(Plan({"throttle": 1.0}))
    faults.script.extend(["reject", None])
    assert [faults.of_send("one") for _ in range(3)] == ["reject", None, "throttle"]
    assert faults.happened == {"reject": 1, "throttle": 1}


def test_a_plan_from_the_command_line() -> None:
    plan = read_plan(["hang-after-accept=0.02", "receipt-early", "throttle=0"], seed=7)
    assert plan == Plan({"hang-after-accept": 0.02, "receipt-early": 1.0, "throttle": 0.0}, 7)


@pytest.mark.parametrize("written", ["explode=0.1", "throttle=often", "throttle=2", "throttle=-1"])
def test_what_is_no_fault_is_told(written: str) -> None:
    with pytest.raises(Setup) as told:
        read_plan([written])
    assert written.partition("=")[0] in told.value.detail
    assert "hang-after-accept=0.02" in (told.value.mend or "")


def test_rates_that_are_too_much_together_are_told() -> None:
    with pytest.raises(Setup, match=r"add up to 1\.2"):
        read_plan(["throttle=0.6", "reject=0.6"])
