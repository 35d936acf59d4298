"""Reads the program's SQL: the statements of its stores, and what each binds to a workspace."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

SOURCE = Path(__file__).parent.parent / "src"
TENANT = "workspace_id"

# A statement's first words; prose that begins with one of them in capitals would be a strange sentence.
_BEGINS = re.compile(
    r"\s*\(?\s*(WITH\s+\w+\s+AS|SELECT\b|INSERT\s+INTO|UPDATE\s+\w+(\s+AS)?\s*\w*\s+SET|DELETE\s+FROM|MERGE\s+INTO"
    r"|TRUNCATE\s|CREATE\s+\w+|ALTER\s+\w+\s+\w+|DROP\s+\w+|GRANT\s|REVOKE\s|COPY\s|LISTEN\s|NOTIFY\s|VACUUM\b|CALL\s)"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL text, named by its module and constant (or function)."""

    name: str
    sql: str


def stores() -> list[Path]:
    """The files that may hold SQL."""
    return sorted(SOURCE.rglob("store.py"))


def statements() -> Iterator[Statement]:
    """Every statement of every store: its constants as Python has put them together, and those in functions.

    A constant that is part of another is a fragment and is read there.
    """
    for file in stores():
        module = ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        constants = {
            name: value
            for name, value in vars(importlib.import_module(module)).items()
            if isinstance(value, str) and not name.startswith("__")
        }
        for name, sql in constants.items():
            if _BEGINS.match(sql) and not any(
                sql in other for key, other in constants.items() if key != name
            ):
                yield Statement(f"{module}.{name}", sql)
        for where, sql in in_functions(file):
            yield Statement(f"{module}.{where}", sql)


def in_functions(file: Path) -> Iterator[tuple[str, str]]:
    """(function, text) of each statement written inside a function of the file."""
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for sql in texts(function):
                if _BEGINS.match(sql):
                    yield function.name, sql


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string of a tree but the docstrings; what an f-string fills in is written {}."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in ast.walk(node) if part is not node)
            if id(node) not in skipped:
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}"
                    for part in node.values
                )
        elif id(node) in skipped or not isinstance(node, ast.Constant):
            continue
        elif isinstance(node.value, str):
            yield node.value


def begins_a_statement(text: str) -> bool:
    """Whether the text is SQL."""
    return _BEGINS.match(text) is not None


def unbound(sql: str, tenants: set[str]) -> list[str]:
    """The tenant tables that a statement touches without saying of which workspace."""
    found: list[str] = []
    for tree in sqlglot.parse(sql, dialect="postgres"):
        assert tree is not None, f"an empty statement: {sql}"
        if not isinstance(tree, exp.Query | exp.DML):
            if any(table.name in tenants for table in tree.find_all(exp.Table)):
                raise AssertionError(f"no one can say what this binds: {sql}")
            continue
        named = {cte.alias for cte in tree.find_all(exp.CTE)}
        for node in tree.find_all(exp.Select, exp.Update, exp.Delete, exp.Insert):
            found += _unbound_here(node, tenants - named)
    return found


def _unbound_here(node: exp.Expression, tenants: set[str]) -> list[str]:
    if isinstance(node, exp.Insert):
        return _unbound_insert(node, tenants)
    sources = _sources(node)
    ours = {alias: table for alias, table in sources.items() if table in tenants}
    known = _bound(node, ours, lone=len(sources) == 1)
    return [table for alias, table in ours.items() if alias not in known]


def _sources(node: exp.Expression) -> dict[str, str]:
    """alias → table of what a SELECT, UPDATE or DELETE reads or writes itself, subqueries not included."""
    heads = [node.this] if not isinstance(node, exp.Select) else []
    heads += [part.this for key in ("from_", "from") if (part := node.args.get(key))]
    heads += node.args.get("using") or []
    heads += [join.this for join in _joins(node)]
    tables = [head for head in heads if isinstance(head, exp.Table)]
    return {
        **{table.alias_or_name: table.name for table in tables},
        **{head.alias: "" for head in heads if not isinstance(head, exp.Table)},
    }


def _joins(node: exp.Expression) -> list[exp.Join]:
    heads = [node, node.this, *(node.args.get("using") or [])]
    heads += [part.this for key in ("from_", "from") if (part := node.args.get(key))]
    return [
        join
        for head in heads
        if isinstance(head, exp.Expression)
        for join in head.args.get("joins") or []
    ]


def _bound(node: exp.Expression, ours: dict[str, str], *, lone: bool) -> set[str]:
    """The aliases tied to a parameter, or to a row that was read elsewhere, by a condition that always holds."""
    places = [node.args.get("where"), *(join.args.get("on") for join in _joins(node))]
    pairs = []
    for place in filter(None, places):
        condition = place.this if isinstance(place, exp.Where) else place
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            equal = part.unnest()
            if isinstance(equal, exp.EQ):
                pairs.append((_side(equal.this, ours, lone), _side(equal.expression, ours, lone)))
    known: set[str] = set()
    for _ in pairs:
        for one, other in (*pairs, *(pair[::-1] for pair in pairs)):
            if one in ours and (other == "$" or other in known):
                known.add(str(one))
    return known


def _side(side: exp.Expression, ours: dict[str, str], lone: bool) -> str | None:
    """The alias whose workspace this is, "$" for one given from outside, None for anything else."""
    bare: exp.Expr = side.unnest()
    if isinstance(bare, exp.Cast):
        bare = bare.this
    if isinstance(bare, exp.Parameter | exp.Placeholder):
        return "$"
    if not isinstance(bare, exp.Column) or bare.name != TENANT:
        return None
    if not bare.table:
        return next(iter(ours)) if lone and ours else None
    return bare.table if bare.table in ours else "$"


def _unbound_insert(node: exp.Insert, tenants: set[str]) -> list[str]:
    target = node.this
    table = target.this if isinstance(target, exp.Schema) else target
    if table.name not in tenants:
        return []
    columns = (
        [column.name for column in target.expressions] if isinstance(target, exp.Schema) else []
    )
    if TENANT not in columns:
        return [table.name]
    at = columns.index(TENANT)
    rows = node.expression
    given = (
        [row.expressions[at] for row in rows.expressions]
        if isinstance(rows, exp.Values)
        else [rows.selects[at]]
    )
    return [] if all(_side(value, {}, lone=False) == "$" for value in given) else [table.name]
