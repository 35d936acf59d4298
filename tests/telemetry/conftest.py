"""What the program writes to stderr, in each form; and the shop of the scenarios."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from rejoinder.telemetry.logs import configure
from tests.scenarios.conftest import bus, model, opens, quiet_house, shop, work

__all__ = ["bus", "model", "opens", "quiet_house", "shop", "work"]

Form = Literal["json", "console"]


@dataclass(frozen=True, slots=True)
class Written:
    """All that was logged since."""

    stream: io.StringIO

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Of the JSON form."""
        return [json.loads(line) for line in self.text.splitlines()]


Writes = Callable[..., Written]


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writes]:
    """Log from here on in the form and from the level that the test names."""
    root = logging.getLogger()
    before = root.handlers

    def writes(form: Form = "json", level: str = "info") -> Written:
        stream = io.StringIO()
        monkeypatch.setattr("sys.stderr", stream)
        configure(level, form)
        return Written(stream)

    yield writes
    monkeypatch.undo()
    configure("warning", "json")
    root.handlers = before
