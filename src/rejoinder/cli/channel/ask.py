"""What a person gives for a channel: as `--set`, from files, or asked for on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer
from pydantic import JsonValue

from rejoinder.channels.connect.given import is_needed
from rejoinder.channels.connect.settings import Common, Rest
from rejoinder.channels.port.adapter import Field, Platform
from rejoinder.errors import Setup

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_SIGNING = Field("signing_secret", "Signing secret", "", secret=True, made=True)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may be set: a platform's own, and those of all channels."""

    platform: str
    credentials: tuple[Field, ...]
    settings: tuple[Field, ...]
    common: tuple[str, ...]

    @classmethod
    def of(cls, adapter: Platform | None) -> Names:
        """Those of a chat platform; without one those of a REST channel."""
        if adapter is None:
            return cls("rest", (_SIGNING,), (), tuple(Rest.model_fields))
        return cls(adapter.name, adapter.credentials, adapter.settings, tuple(Common.model_fields))


@dataclass(slots=True)
class Given:
    """What was given, sorted."""

    credentials: dict[str, JsonValue] = field(default_factory=dict, repr=False)
    settings: dict[str, JsonValue] = field(default_factory=dict)


def sort(names: Names, pairs: Sequence[str], files: Sequence[str]) -> Given:
    """`name=value` pairs and `name=path` ones, whose file has the value. Raises BadParameter."""
    given = Given()
    for each in pairs:
        name, value = _pair(each, "--set")
        _put(names, given, name, value)
    for each in files:
        name, path = _pair(each, "--set-file")
        try:
            _put(names, given, name, Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as unreadable:
            raise typer.BadParameter(f"--set-file {name}: {unreadable}") from None
    return given


def clear(names: Names, given: Given, cleared: Sequence[str]) -> None:
    """Mark as to be taken away. Raises BadParameter for a name there is not."""
    for name in cleared:
        _kind(names, given, name)[name] = None


def complete(names: Names, given: Given) -> None:
    """Ask for what is needed and was not given. Raises Setup where nobody can be asked, naming each."""
    missing = [
        (fields, into)
        for fields, into in (
            (names.credentials, given.credentials),
            (names.settings, given.settings),
        )
        if any(is_needed(each) and each.name not in into for each in fields)
    ]
    if not missing:
        return
    if not sys.stdin.isatty():
        raise Setup(
            f"{names.platform} needs more than was given: "
            + "; ".join(
                f"{each.name}, {each.title} ({each.where})"
                for fields, into in missing
                for each in fields
                if is_needed(each) and each.name not in into
            )
            + ".",
            mend="Give each as --set NAME=VALUE or --set-file NAME=PATH, or run this on a terminal to be asked.",
            code="missing_values",
        )
    for fields, into in missing:
        for each in fields:
            if is_needed(each) and each.name not in into:
                into[each.name] = _ask(each)


def _ask(each: Field) -> str:
    # Not where --json goes.
    typer.echo(f"\n{each.title}" + (f"\n  {each.where}" if each.where else ""), err=True)
    answer: str = typer.prompt(f"  {each.name}", hide_input=each.secret, err=True)
    return answer.strip()


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{option} takes NAME=VALUE")
    return name.strip(), value


def _put(names: Names, given: Given, name: str, value: str) -> None:
    _kind(names, given, name)[name] = _value(name, value) if name in names.common else value


def _kind(names: Names, given: Given, name: str) -> dict[str, JsonValue]:
    if name in {each.name for each in names.credentials}:
        return given.credentials
    if name in {*names.common, *(each.name for each in names.settings)}:
        return given.settings
    fields = (*names.credentials, *names.settings)
    known = ", ".join([*(each.name for each in fields), *names.common])
    raise typer.BadParameter(f"{names.platform} has no {name!r}; there is {known}")


def _value(name: str, value: str) -> JsonValue:
    if name in ("typing", "mark_read", "deduplicates"):
        if value.lower() not in (*_YES, *_NO):
            raise typer.BadParameter(f"{name} is true or false")
        return value.lower() in _YES
    if name == "window_template":
        try:
            template: JsonValue = json.loads(value)
        except ValueError:
            raise typer.BadParameter(f"{name} is a JSON object") from None
        return template
    return value
