"""Read the settings, or say what is wrong with them."""

from __future__ import annotations

from pydantic import ValidationError

from rejoinder.errors import Setup
from rejoinder.settings.model import Settings


def load(**overrides: object) -> Settings:
    """Read the environment and `rejoinder.toml`. Raises Setup, naming each wrong setting and why."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        lines = [
            ": ".join(
                filter(None, (".".join(map(str, error["loc"])).upper(), _plain(error["msg"])))
            )
            for error in wrong.errors(include_url=False, include_input=False)
        ]
        raise Setup("; ".join(lines), mend="See docs/settings.md.", code="bad_settings") from None
    except ValueError as wrong:  # rejoinder.toml that can't be parsed
        raise Setup(
            f"rejoinder.toml: {wrong}", mend="See docs/settings.md.", code="bad_settings"
        ) from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
