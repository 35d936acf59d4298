"""Which Rejoinder is started, and with which settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import AliasChoices

from rejoinder.settings import Settings

WireFormat: TypeAlias = Literal["gemini", "openai"]
"""What the model's stub speaks (`python -m rejoinder.testing`)."""


@dataclass(frozen=True, slots=True)
class Program:
    """A Rejoinder that can be started: an interpreter, and the sources that come before what it has installed."""

    name: str
    python: str
    source: Path | None = None

    def command(self, *arguments: str) -> tuple[str, ...]:
        """What starts it. An older commit has no `rejoinder.cli.__main__`."""
        return (self.python, "-c", "from rejoinder.cli import main; main()", *arguments)

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """This process' environment without a single setting of ours, then those given."""
        kept = {name: value for name, value in os.environ.items() if name.upper() not in _REMOVED}
        source = {"PYTHONPATH": str(self.source)} if self.source else {}
        return {**kept, **source, **settings}


THIS = Program("this checkout", sys.executable)
"""The program that runs now."""


def model_settings(wire: WireFormat, base_url: str) -> dict[str, str]:
    """The settings with which a server asks the stub at that address."""
    if wire == "gemini":
        return {
            "GEMINI_API_KEY": "bench",
            "GEMINI_BASE_URL": base_url,
            "REJOINDER_MODEL": "gemini:stub",
        }
    # Without REJOINDER_MODEL, which older commits read differently: the one key there is decides.
    return {"OPENAI_API_KEY": "bench", "OPENAI_BASE_URL": base_url, "OPENAI_MODEL": "stub"}


_REMOVED = {"PYTHONPATH"} | {
    str(name).upper()
    for setting in Settings.model_fields.values()
    if isinstance(setting.validation_alias, AliasChoices)
    for name in setting.validation_alias.choices
}
