"""Rows held against their budgets, and the tables they are printed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table against the budgets; `better` says which way is good."""

    what: str
    measured: tuple[float, ...]
    unit: str
    budget: tuple[float, ...] = ()
    goal: tuple[float, ...] = ()
    better: Literal["lower", "higher"] = "lower"


def verdict(row: Row) -> str:
    """`goal`, `budget` or `missed`: what all figures of the row reach; nothing where there is no budget."""
    if not row.budget:
        return ""
    if row.goal and _reaches(row, row.goal):
        return "goal"
    return "budget" if _reaches(row, row.budget) else "missed"


def _reaches(row: Row, wanted: tuple[float, ...]) -> bool:
    if row.better == "lower":
        return all(value <= limit for value, limit in zip(row.measured, wanted, strict=True))
    return all(value >= limit for value, limit in zip(row.measured, wanted, strict=True))


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns also line up in a terminal."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *body, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    return [line(head), line(["-" * width for width in widths]), *map(line, body)]


def cells(row: Row) -> tuple[str, ...]:
    """The row's cells: what, measured, budget, goal, reached."""
    return (
        row.what,
        _figures(row.measured, row.unit),
        _figures(row.budget, row.unit),
        _figures(row.goal, row.unit),
        verdict(row),
    )


def _figures(values: tuple[float, ...], unit: str) -> str:
    return f"{'/'.join(map(figure, values))} {unit}".strip() if values else ""


def figure(value: float) -> str:
    """Three digits that count, and no more than are known."""
    if abs(value) >= 100 or value == 0:
        return f"{value:.0f}"
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}".rstrip("0").rstrip(".")
