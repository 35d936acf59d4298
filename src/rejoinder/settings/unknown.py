"""Names that somebody has set and no setting has."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import AliasChoices

from rejoinder.errors import Setup
from rejoinder.settings.model import FILE as _FILE
from rejoinder.settings.model import Settings

_OF_THE_TESTS = ("REJOINDER_TEST_", "REJOINDER_CHROMIUM", "REJOINDER_CHANNEL_DATA")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no setting has: where it stands, and the setting's name that it resembles, if any."""

    name: str
    where: str
    nearest: str | None


def unknown_names(environment: Mapping[str, str] = os.environ) -> list[Unknown]:
    """What a person has set and nothing reads: keys of `rejoinder.toml`, variables that begin with REJOINDER_.

    `load` passes them over, so that a file made for another release does not keep a server from starting; `rejoinder
    doctor` tells them. Raises Setup when the file can't be read.
    """
    fields = {name.casefold() for name in Settings.model_fields}
    aliases = {
        alias.upper()
        for field in Settings.model_fields.values()
        if isinstance(field.validation_alias, AliasChoices)
        for alias in field.validation_alias.choices
        if isinstance(alias, str)
    }
    known = fields | {alias.casefold() for alias in aliases}
    return [
        Unknown(key, _FILE, _nearest(key.casefold(), fields) or _nearest(key.casefold(), known))
        for key in _keys_of_the_file()
        if key.casefold() not in known
    ] + [
        Unknown(name, "the environment", _nearest(name.upper(), aliases))
        for name in sorted(environment)
        if name.upper().startswith("REJOINDER_")
        and name.upper() not in aliases
        and not name.upper().startswith(_OF_THE_TESTS)
    ]


def _keys_of_the_file() -> list[str]:
    try:
        return list(tomllib.loads(Path(_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as wrong:
        raise Setup(
            f"{_FILE}: {wrong}", mend="See docs/settings.md.", code="bad_settings"
        ) from None


def _nearest(name: str, known: set[str]) -> str | None:
    return next(iter(get_close_matches(name, sorted(known), n=1)), None)
