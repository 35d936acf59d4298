"""The lists that rules read are read before the tests, as a worker does at start-up."""

from __future__ import annotations

import pytest

from rejoinder.turns.answering.warm import warm


@pytest.fixture(scope="session", autouse=True)
def warmed() -> None:
    warm()
