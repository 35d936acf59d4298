"""The settings: names that nothing reads, and settings that contradict each other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import AliasChoices

from rejoinder.cli.doctor.report import Finding
from rejoinder.settings import Settings, Unknown, unknown_names

NAME = "settings"
_FILE = Path("rejoinder.toml")
_OF_SECRETS = ("database_url", "password", "_key")


def configured(settings: Settings) -> list[Finding]:
    """What is odd about the settings; one line that all is well if nothing is."""
    odd = [
        *unread(unknown_names()),
        *contradictions(settings, os.environ),
        *exposed(_FILE),
    ]
    where = f"the environment and {_FILE.absolute()}" if _FILE.exists() else "the environment"
    return odd or [Finding(NAME, "ok", f"Read from {where}.")]


def unread(unknown: list[Unknown]) -> Iterator[Finding]:
    """A warning for each name that nothing reads."""
    for one in unknown:
        yield Finding(
            NAME,
            "warning",
            f"{one.name} in {one.where} is no setting and does nothing.",
            f"Did you mean {one.nearest}?"
            if one.nearest
            else "Take it out; docs/settings.md names every setting.",
        )


def contradictions(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """A warning for each pair of settings of which one makes the other useless."""
    yield from _said_twice(environment)
    if settings.database_url is not None and settings.postgres_host is not None:
        yield Finding(
            NAME,
            "warning",
            "DATABASE_URL and POSTGRES_HOST are both set; POSTGRES_HOST and those beside it do nothing.",
            "Take one of them out.",
        )
    beside = {"postgres_port", "postgres_db", "postgres_user", "postgres_password"}
    if settings.dsn is None and (lost := beside & settings.model_fields_set):
        yield Finding(
            NAME,
            "warning",
            f"{', '.join(sorted(lost)).upper()} without POSTGRES_HOST: the private PostgreSQL is used.",
            "Set POSTGRES_HOST or DATABASE_URL if you mean a PostgreSQL of your own.",
        )
    if settings.secret_key is not None and (settings.data / "secret.key").exists():
        yield Finding(
            NAME,
            "warning",
            f"REJOINDER_SECRET_KEY is set, and there is {settings.data / 'secret.key'}: the file is not read.",
            "If credentials were sealed with it, put its keys behind yours, with commas; then move the file away.",
        )
    if settings.model is None and settings.openai_base_url and not settings.openai_api_key:
        yield Finding(
            NAME,
            "warning",
            "OPENAI_BASE_URL is set, but neither OPENAI_API_KEY nor REJOINDER_MODEL: that server is not asked.",
            "Set REJOINDER_MODEL=openai, or a key if the server wants one.",
        )
    if settings.ai_service_url and settings.model is not None:
        named = {name.strip() for name in settings.model.split(",")}
        if "service" not in named:
            yield Finding(
                NAME,
                "warning",
                "AI_SERVICE_URL is set, but REJOINDER_MODEL doesn't name service: it is not asked.",
                "Name service in REJOINDER_MODEL, alone or in the chain, or take one of the two out.",
            )


def exposed(file: Path) -> Iterator[Finding]:
    """A warning for a settings file with secrets that other users can read."""
    if os.name != "posix" or not file.exists() or not file.stat().st_mode & 0o077:
        return
    text = file.read_text(encoding="utf-8").casefold()
    if any(word in text for word in _OF_SECRETS):
        yield Finding(
            NAME,
            "warning",
            f"{file.absolute()} holds secrets and is open to other users (mode {file.stat().st_mode & 0o777:04o}).",
            f"Run: chmod 600 {file.absolute()}. If others may have read it, make new keys.",
        )


def _said_twice(environment: Mapping[str, str]) -> Iterator[Finding]:
    for field in Settings.model_fields.values():
        if not isinstance(field.validation_alias, AliasChoices):
            continue
        names = [name for name in field.validation_alias.choices if isinstance(name, str)]
        given = {name: environment[name] for name in names if environment.get(name)}
        if len(set(given.values())) > 1:
            first, *others = given
            yield Finding(
                NAME,
                "warning",
                f"{first} and {' and '.join(others)} name the same setting and differ; {first} counts.",
                f"Take out all but {first}.",
            )
