"""The environment templates run in: names, conditions, a few filters.

Jinja2's sandbox keeps a template from Python's internals, but bounds neither time nor size ("Sandbox", Security
Considerations): so nothing is let in that repeats, calls or multiplies, and what is left takes time and room in
proportion to the template and the values it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import ChainableUndefined, nodes
from jinja2.filters import FILTERS as ALL_FILTERS
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS as ALL_TESTS

FILTERS = (
    "capitalize",
    "default",
    "first",
    "int",
    "last",
    "length",
    "lower",
    "round",
    "title",
    "trim",
    "truncate",
    "upper",
)
"""`replace`, `join`, `format`, `center` and the like are left out: a row of them makes a text of any length."""

TESTS = ("defined", "undefined", "eq", "ne", "lt", "le", "gt", "ge", "in", "even", "odd", "none")

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Keyword,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Neg,
)
"""What a template may be made of. Not `for`, `set`, macros and calls, nor `*`, `**` and `%`."""


class Missing(ChainableUndefined):
    """What is not known: false where it is asked for, an UndefinedError where it is shown."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self._fail_with_undefined_error())


class Sandbox(SandboxedEnvironment):
    """Variables have items and no attributes."""

    def __init__(self) -> None:
        super().__init__(undefined=Missing, autoescape=False, extensions=())
        self.globals.clear()
        self.filters = {name: ALL_FILTERS[name] for name in FILTERS}
        self.filters["default"] = _default
        self.filters["round"] = _round
        self.filters["truncate"] = _truncate
        self.tests = {name: ALL_TESTS[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The item of that name; nothing else of an object can be reached."""
        return self._item(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The item of that name, or of that place in a list."""
        return self._item(obj, argument)

    def _item(self, obj: Any, name: Any) -> Any:
        if isinstance(obj, Mapping) and isinstance(name, str) and name in obj:
            return obj[name]
        if isinstance(obj, tuple | list) and isinstance(name, int) and abs(name) < len(obj):
            return obj[name]
        return self.undefined(f"{name!r} is empty", name=str(name))


def _default(value: Any, instead: Any = "") -> Any:
    """What stands in for a value that is not there, or empty."""
    return value or instead


def _round(value: Any, digits: Any = 0) -> float | int:
    """Rounded to at most six digits; Jinja2's own takes a power of ten of any size."""
    places = max(0, min(6, int(digits)))
    return round(float(value), places) if places else round(float(value))


def _truncate(value: Any, length: Any = 255) -> str:
    """At most so many characters, the last an ellipsis where something was cut."""
    text, most = str(value), max(1, int(length))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
