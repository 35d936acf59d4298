"""Two servers by turns, and the words of what they found."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rejoinder
from rejoinder.bench.pair.compare import Comparison, compare, lines
from rejoinder.bench.pair.ratios import Ratio, ratio_of
from rejoinder.bench.under_test.processes import stub
from rejoinder.bench.under_test.program import THIS, Program
from rejoinder.errors import Setup
from tests.bench.test_run import SMALL

FIGURES = st.lists(st.floats(min_value=0.001, max_value=1e6), min_size=1, max_size=9)


@given(FIGURES)
def test_the_same_figures_are_no_difference(figures: list[float]) -> None:
    found = ratio_of("x", "ms", "lower", figures, figures)
    assert found.ratio == 1
    assert found.verdict == ""


@given(FIGURES, st.floats(min_value=1.01, max_value=100))
def test_more_is_worse_or_better_as_the_figure_has_it(figures: list[float], factor: float) -> None:
    more = [figure * factor for figure in figures]
    found = ratio_of("x", "", "lower", more, figures)
    assert found.ratio == pytest.approx(factor)
    assert found.verdict == "worse"
    assert ratio_of("x", "", "higher", more, figures).verdict == "better"


def test_rounds_that_do_not_agree_say_nothing() -> None:
    assert ratio_of("x", "", "higher", [2, 2, 1], [1, 1, 2]).verdict == ""


def test_a_round_that_measured_nothing_has_no_ratio() -> None:
    found = ratio_of("x", "", "higher", [2, 0, 3], [1, 1, 0])
    assert found.by_round == [2]
    none = Ratio("x", "", "higher", 0, 0, [])
    assert (none.ratio, none.verdict) == (None, "")


@pytest.fixture(scope="module")
async def found() -> Comparison:
    """This checkout beside itself, found by another path."""
    copy = Program("a copy", sys.executable, Path(rejoinder.__file__).parent.parent)
    async with stub("openai") as model:
        return await compare(THIS, copy, model, replace(SMALL, pairs=2), lambda _: None)


async def test_both_answer_every_message_once(found: Comparison) -> None:
    assert found.tally.sound, found.tally
    # two rounds of two servers: 6 acknowledged, 6 paced, three callers at least once
    assert found.tally.asked >= 4 * 15


async def test_each_figure_has_a_ratio_a_round(found: Comparison) -> None:
    assert found.pairs == 2
    for each in found.ratios:
        if not each.what.startswith("CPU"):  # its clock may not have ticked in so short a stretch
            assert len(each.by_round) == 2, each.what


async def test_the_comparison_names_both(found: Comparison) -> None:
    said = "\n".join(lines(found))
    assert "this checkout beside a copy: 2 rounds of each by turns" in said
    assert all(each.what in said for each in found.ratios)
    assert "0 refused, 0 lost, 0 answered twice" in said


async def test_a_program_that_does_not_start_says_why(tmp_path: Path) -> None:
    package = tmp_path / "rejoinder"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('broken on purpose')\n")
    broken = Program("broken", sys.executable, tmp_path)
    async with stub("openai") as model:
        with pytest.raises(Setup, match="broken on purpose"):
            await compare(broken, THIS, model, SMALL, lambda _: None)
