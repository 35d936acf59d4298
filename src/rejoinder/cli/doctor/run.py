"""`rejoinder doctor`: the order of the checks."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import typer

from rejoinder.app.database import any_database
from rejoinder.cli.doctor import embedder
from rejoinder.cli.doctor.configured import NAME as SETTINGS
from rejoinder.cli.doctor.configured import configured
from rejoinder.cli.doctor.files import folder, permissions, room
from rejoinder.cli.doctor.model import LIMIT_S, models, named, unasked
from rejoinder.cli.doctor.port import port
from rejoinder.cli.doctor.postgres import clock, connections, server
from rejoinder.cli.doctor.report import Finding, as_json, is_sound, lines, summary
from rejoinder.cli.doctor.stored import channels, schema, secret_keys
from rejoinder.cli.doctor.visit import Visit, progress
from rejoinder.cli.doctor.work import deliveries, jobs, people, turns, workers
from rejoinder.cli.run import run_async
from rejoinder.db import connect
from rejoinder.db.private import has_cluster
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure

_QUICK_S = 10.0
_START_S = 60.0  # after a crash the private PostgreSQL replays its log first
_QUERIES_S = 30.0  # each statement ends after 10
_LOADING_S = 10.0  # some providers' SDKs take seconds to import


def run_doctor(*, in_json: bool, ask_model: bool) -> None:
    """Check everything and print it; ends with 1 when something is wrong."""
    visit = Visit(_quiet if in_json else _print)
    run_async(_examine(visit, ask_model))
    typer.echo(as_json(visit.found) if in_json else f"\n{summary(visit.found)}")
    if not is_sound(visit.found):
        raise typer.Exit(1)


async def _examine(visit: Visit, ask_model: bool) -> None:
    configure("warning", "auto")
    settings = await visit.attempt(SETTINGS, _QUICK_S, asyncio.to_thread(load))
    if settings is None:
        _unchecked(visit, "everything else", "it needs the settings")
        return
    configure("debug" if settings.log_level == "debug" else "warning", settings.log_format)
    await visit.check(SETTINGS, _QUICK_S, asyncio.to_thread(configured, settings))
    await visit.check("data folder", _QUICK_S, asyncio.to_thread(folder, settings))
    await visit.check("permissions", _QUICK_S, asyncio.to_thread(permissions, settings))
    await visit.check("disk", _QUICK_S, asyncio.to_thread(room, settings))
    await visit.check("port", _QUICK_S, port(settings))
    if settings.dsn is not None or await _has_cluster(visit, settings):
        async with AsyncExitStack() as stack:
            await _examine_database(visit, settings, stack)
    await _examine_model(visit, settings, ask_model)


async def _has_cluster(visit: Visit, settings: Settings) -> bool:
    found = await visit.attempt(
        "PostgreSQL", _QUICK_S, asyncio.to_thread(has_cluster, settings.data)
    )
    return bool(found)


async def _examine_database(visit: Visit, settings: Settings, stack: AsyncExitStack) -> None:
    opening = stack.enter_async_context(any_database(settings, progress))
    dsn = await visit.attempt("PostgreSQL", _START_S, opening)
    if dsn is None or not await visit.check("PostgreSQL", _QUERIES_S, server(dsn, settings)):
        _unchecked(visit, "schema, secret keys, workers, turns", "they are in the database")
        return
    await visit.check("connections", _QUERIES_S, connections(dsn, settings))
    await visit.check("clock", _QUERIES_S, clock(dsn))
    if not await visit.check("schema", _QUERIES_S, schema(dsn)):
        _unchecked(visit, "secret keys, workers, turns", "they need this program's schema")
        return
    opened = connect(dsn, size=2, name="rejoinder doctor")
    db = await visit.attempt("PostgreSQL", _QUERIES_S, opened)
    if db is None:
        return
    stack.push_async_callback(db.close)
    await visit.check("secret keys", _QUERIES_S, secret_keys(settings, db))
    await visit.check("workers", _QUERIES_S, workers(db))
    await visit.check("turns", _QUERIES_S, turns(db))
    await visit.check("deliveries", _QUERIES_S, deliveries(db))
    await visit.check("jobs", _QUERIES_S, jobs(db))
    await visit.check("people", _QUERIES_S, people(db))
    await visit.check("channels", _QUERIES_S, channels(settings, db))
    await visit.check(embedder.NAME, _QUERIES_S, embedder.documents(settings, db))


async def _examine_model(visit: Visit, settings: Settings, ask: bool) -> None:
    if ask:
        seconds = _LOADING_S + LIMIT_S * len(named(settings))
        await visit.check("model", seconds, models(settings))
        limit = _LOADING_S + embedder.LIMIT_S
        await visit.check(embedder.NAME, limit, embedder.asked(settings))
    else:
        visit.add(unasked(settings))
        await visit.check(embedder.NAME, _QUICK_S, _unasked_embedder(settings))


async def _unasked_embedder(settings: Settings) -> list[Finding]:
    return [embedder.unasked(settings)]


def _unchecked(visit: Visit, what: str, why: str) -> None:
    visit.add(
        Finding("not checked", "warning", f"{what}: {why}.", "Mend that first, then run it again.")
    )


def _print(finding: Finding) -> None:
    for line in lines(finding):
        typer.echo(line)


def _quiet(finding: Finding) -> None:
    """`--json` prints all at the end."""
