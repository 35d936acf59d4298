"""Every check is written down where people look for it."""

from __future__ import annotations

from pathlib import Path

from rejoinder.guard.names import CHECKS
from rejoinder.guard.redact import KINDS

_PAGE = Path(__file__).parent.parent.parent / "docs" / "guard.md"


def test_every_check_and_its_severity_is_documented() -> None:
    rows = _PAGE.read_text(encoding="utf-8").splitlines()
    for name, check in CHECKS.items():
        assert any(
            row.startswith(f"| `{name}` |") and row.endswith(f"| {check.severity} |")
            for row in rows
        ), name


def test_every_kind_of_personal_data_is_documented() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    assert all(f"`{kind}`" in page for kind in KINDS)
