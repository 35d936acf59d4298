"""The lists of cases beside the tests, a JSON object a line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

_LINE = TypeAdapter(dict[str, str])


@cache
def cases(name: str) -> tuple[dict[str, str], ...]:
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_LINE.validate_json(line) for line in lines)
