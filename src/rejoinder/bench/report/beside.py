"""Two servers' figures and their ratios, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.bench.pair.ratios import Ratio
from rejoinder.bench.report.model import Fleet
from rejoinder.bench.report.text import figure, table


def beside(found: Sequence[Ratio], this: str, that: str) -> list[str]:
    """The table of their ratios, in Markdown."""
    return table(("", this, that, "ratio (its median, lowest–highest)", ""), [*map(_cells, found)])


def fleet(found: Fleet) -> list[str]:
    """What worker processes did beside a single process."""
    return [
        (
            f"{found.workers} worker processes beside a single process: {found.pairs} rounds of each by turns, "
            f"{found.piece:.2g} s a stretch; processes of one server are counted together."
        ),
        "",
        *beside(found.ratios, f"{found.workers} workers", "one process"),
        "",
        "better, worse: every round says so of the workers; nothing: the rounds don't agree.",
    ]


def _cells(each: Ratio) -> tuple[str, ...]:
    spread = (
        f"{each.ratio:.2f} ({min(each.by_round):.2f}–{max(each.by_round):.2f})"
        if each.ratio is not None
        else ""
    )
    return (
        each.what,
        f"{figure(each.this)} {each.unit}".strip(),
        f"{figure(each.that)} {each.unit}".strip(),
        spread,
        each.verdict,
    )
