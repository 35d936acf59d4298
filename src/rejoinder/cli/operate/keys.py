"""`rejoinder secrets`: the keys that seal credentials are rotated and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from rejoinder.app.database import any_database, check
from rejoinder.bots.reseal import by_key, keys_at_rest, reseal
from rejoinder.cli.run import run_async, say
from rejoinder.db import Database, connect
from rejoinder.errors import Setup
from rejoinder.secrets.keys import add_key, load_keys, write_keys
from rejoinder.secrets.vault import open_vault
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure


def run_rotate(forget: bool) -> None:
    """Seal everything with a new key; former keys but the last, with `forget` that one too, are dropped."""
    settings = load()
    configure(settings.log_level, settings.log_format)
    run_async(_rotate(settings, forget))


def run_check() -> None:
    """Print which key opens how much; ends with 1 when something is opened by none."""
    settings = load()
    configure(settings.log_level, settings.log_format)
    run_async(_check(settings))


async def _rotate(settings: Settings, forget: bool) -> None:
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    if given is not None and forget:
        raise Setup(
            "The keys are those of REJOINDER_SECRET_KEY: they can't be forgotten here.",
            mend="Run `rejoinder secrets rotate` without --forget, then take the former keys out of the variable.",
        )
    async with _database(settings) as db, keys_at_rest(db):
        _refuse_unopened(await by_key(db, open_vault(given, settings.data)))
        if given is None:
            add_key(settings.data)
        keys = load_keys(given, settings.data)
        vault = open_vault(given, settings.data)
        done = await reseal(db, vault)
        if given is None:
            kept = write_keys(settings.data, keys[: 1 if forget else 2])
            typer.echo(f"There is a new secret key; {done} credentials are sealed with it.")
            typer.echo(_what_is_kept(len(kept)))
        else:
            typer.echo(f"{done} credentials were sealed anew, with the first key of the variable.")
            typer.echo(_what_may_go(len(keys)))


async def _check(settings: Settings) -> None:
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    keys = load_keys(given, settings.data)
    async with _database(settings) as db:
        found = await by_key(db, open_vault(given, settings.data))
    for number in range(len(keys)):
        which = "the newest" if number == 0 else "a former one"
        typer.echo(f"key {number + 1} ({which}): sealed {found[number]} credentials")
    _refuse_unopened(found)
    typer.echo("Every credential can be opened.")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    async with any_database(settings, say) as dsn:
        await check(dsn)
        db = await connect(dsn, size=2, name="rejoinder secrets")
        try:
            yield db
        finally:
            await db.close()


def _refuse_unopened(found: Counter[int | None]) -> None:
    if found[None]:
        raise Setup(
            f"{found[None]} of {found.total()} credentials were sealed with a key that is not there. "
            "Nothing was changed.",
            mend="Put that key behind the present ones: after a comma in REJOINDER_SECRET_KEY, or as a further "
            "line of secret.key in the data folder.",
            code="sealed_by_another_key",
        )


def _what_is_kept(kept: int) -> str:
    if kept == 1:
        return "No former key is kept. Restart the servers: open chat pages begin anew."
    return (
        "The key before it is kept, so that open chat pages go on. Restart the servers within a day; "
        "`rejoinder secrets rotate --forget` keeps none."
    )


def _what_may_go(keys: int) -> str:
    if keys == 1:
        return (
            "To rotate, put a new key in front of this one, a comma between, for every process; "
            "restart them, then run this again."
        )
    return (
        "The keys behind the first one sealed nothing any more: take them out of the variable once no chat page "
        "of before is open, and restart."
    )
