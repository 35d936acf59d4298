"""What a check found, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warning", "wrong"]

_NAME_WIDTH, _STATE_WIDTH = 13, 8
_INDENT = " " * (_STATE_WIDTH + _NAME_WIDTH + 2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `told` is the detail, `mend` how to put it right, empty when all is well."""

    name: str
    state: State
    told: str
    mend: str = ""


def lines(finding: Finding) -> list[str]:
    """The finding as a person reads it: one line, and an indented one on how to mend it."""
    # What comes from elsewhere, the end of a log for example, may have several lines.
    told = " ".join(finding.told.split())
    first = f"{finding.state:<{_STATE_WIDTH}} {finding.name:<{_NAME_WIDTH}} {told}"
    return [first, f"{_INDENT}{finding.mend}"] if finding.mend else [first]


def summary(findings: Sequence[Finding]) -> str:
    """The last line."""
    wrong = sum(finding.state == "wrong" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    what = f"{wrong} {_things(wrong)} wrong" if wrong else "Nothing is wrong"
    return f"{what}, {warnings} {'warning' if warnings == 1 else 'warnings'}."


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as a list of objects with the keys name, state, told and mend."""
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def is_sound(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong; warnings are allowed."""
    return all(finding.state != "wrong" for finding in findings)


def _things(count: int) -> str:
    return "thing is" if count == 1 else "things are"
