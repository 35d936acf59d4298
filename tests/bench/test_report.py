"""The report's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bench.report.text import Row, figure, table, verdict


@pytest.mark.parametrize(
    ("measured", "reached"), [(8.0, "goal"), (8.1, "budget"), (20.0, "budget"), (20.1, "missed")]
)
def test_a_time_is_held_against_budget_and_goal(measured: float, reached: str) -> None:
    assert verdict(Row("acknowledge", (measured,), "ms", (20,), (8,))) == reached


@pytest.mark.parametrize(
    ("measured", "reached"), [(600, "goal"), (599, "budget"), (300, "budget"), (299, "missed")]
)
def test_a_rate_is_better_the_higher(measured: float, reached: str) -> None:
    assert verdict(Row("turns/s", (measured,), "", (300,), (600,), "higher")) == reached


def test_a_row_is_as_good_as_its_worst_figure() -> None:
    assert verdict(Row("p50/p99", (4, 41), "ms", (12, 40), (5, 15))) == "missed"
    assert verdict(Row("p50/p99", (6, 14), "ms", (12, 40), (5, 15))) == "budget"


@pytest.mark.parametrize(("measured", "reached"), [(1500, "budget"), (1501, "missed")])
def test_a_budget_may_have_no_goal(measured: float, reached: str) -> None:
    assert verdict(Row("stopped", (measured,), "ms", (1500,))) == reached


def test_without_a_budget_nothing_is_missed() -> None:
    assert verdict(Row("RSS", (1e9,), "MB")) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.0123, "0.012"),
        (0.00669, "0.0067"),
        (3.0, "3"),
        (3.256, "3.26"),
        (20, "20"),
        (20.44, "20.4"),
        (6123.4, "6123"),
    ],
)
def test_figures_say_no_more_than_is_known(value: float, said: str) -> None:
    assert figure(value) == said


CELLS = st.text(st.characters(codec="ascii", exclude_characters="|\r\n"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6))
def test_a_table_lines_up_and_keeps_every_cell(body: list[tuple[str, str, str]]) -> None:
    lines = table(("what", "measured", "goal"), body)
    assert len({len(line) for line in lines}) == 1
    assert len(lines) == 2 + len(body)
    for line, cells in zip(lines[2:], body, strict=True):
        found = [cell.strip() for cell in line[2:-2].split(" | ")]
        assert found == [cell.strip() for cell in cells]
