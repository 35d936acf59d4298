"""`rejoinder backup`, `restore` and `db upgrade`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from rejoinder.app.database import any_database, bring_forward
from rejoinder.bots.reseal import by_key
from rejoinder.cli.run import run_async, say
from rejoinder.db import connect
from rejoinder.db.backup import backup, restore
from rejoinder.db.backup.manifest import Manifest
from rejoinder.db.backup.restore import readable
from rejoinder.db.private.upgrade import upgrade
from rejoinder.errors import Setup
from rejoinder.secrets.keys import FILE
from rejoinder.secrets.vault import Vault, open_vault
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure


def run_backup(out: Path | None) -> None:
    """Write the database to a new file, while servers run or not."""
    settings = _settings()
    named = out or Path(f"rejoinder-{datetime.now(UTC):%Y%m%d-%H%M%SZ}.backup")
    run_async(_backup(settings, named.expanduser().absolute()))


def run_restore(file: Path) -> None:
    """Put a backup into an empty database or a new data folder."""
    run_async(_restore(_settings(), file.expanduser().absolute()))


def run_db_upgrade() -> None:
    """Make the private PostgreSQL one of this program's major version."""
    run_async(_upgrade(_settings()))


def _settings() -> Settings:
    settings = load()
    configure(settings.log_level, settings.log_format)
    return settings


async def _backup(settings: Settings, file: Path) -> None:
    async with any_database(settings, say) as dsn:
        written = await backup(dsn, file, say)
    manifest = written.manifest
    typer.echo(
        f"{file}: {len(manifest.tables)} tables, {manifest.rows:,} rows, {written.bytes / 1e6:,.1f} MB."
    )
    typer.echo("The secret key is not in it: keep a copy of that elsewhere (docs/secrets.md).")
    if _has_files(manifest):
        typer.echo(f"Nor are the files of messages: copy {_place(settings)} too.")


async def _restore(settings: Settings, file: Path) -> None:
    readable(file)  # before a PostgreSQL is made for it
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    key_made = given is None and not (settings.data / FILE).exists()
    async with any_database(settings, say, new=True) as dsn:
        vault = open_vault(given, settings.data)
        manifest = await restore(dsn, file, say)
        await bring_forward(dsn)
        typer.echo(
            f"{len(manifest.tables)} tables, {manifest.rows:,} rows of {manifest.made_at}: all there."
        )
        if _has_files(manifest):
            typer.echo(f"Files of messages are not in a backup: put yours into {_place(settings)}.")
        await _say_what_stays_sealed(dsn, vault, settings.data / FILE if key_made else None)


def _has_files(manifest: Manifest) -> bool:
    """Whether messages have files; a backup of before there were any has no such table."""
    table = manifest.tables.get("media")
    return table is not None and table.rows > 0


def _place(settings: Settings) -> str:
    return settings.media_url or str(settings.data / "media")


async def _say_what_stays_sealed(dsn: str, vault: Vault, made: Path | None) -> None:
    """`made` is the key file where this command began it: nothing is sealed with that key."""
    db = await connect(dsn, size=2, name="rejoinder restore")
    try:
        found = await by_key(db, vault)
    finally:
        await db.close()
    if not found[None]:
        return
    mend = (
        f"copy the former secret.key over {made}, with which nothing is sealed yet."
        if made
        else "put it behind the present one (docs/secrets.md), then run `rejoinder secrets rotate`."
    )
    typer.echo(
        f"{found[None]} of {found.total()} credentials are sealed with a key that is not here: {mend}"
    )


async def _upgrade(settings: Settings) -> None:
    if settings.dsn is not None:
        raise Setup(
            "DATABASE_URL names your own PostgreSQL: this command upgrades the private one.",
            mend="Upgrade yours with its own tools; `rejoinder migrate` then brings its tables forward.",
        )
    old = await upgrade(settings.data, say)
    if old is None:
        typer.echo("The private PostgreSQL is of this version already.")
    else:
        typer.echo(
            f"Done. The old one is kept in {old}; remove it when you don't need it any more."
        )
