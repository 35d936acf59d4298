"""The package and its plain types load without pydantic-ai, which takes over a second."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["rejoinder.llm", "rejoinder.llm.model", "rejoinder.llm.choose"])
def test_importing_is_cheap(module: str) -> None:
    code = f"import sys, {module}; sys.exit('pydantic_ai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
