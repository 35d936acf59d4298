"""`rejoinder cleanup`: what is old goes now."""

from __future__ import annotations

import typer

from rejoinder.cli.operate.database import database
from rejoinder.cli.run import run_async
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure
from rejoinder.turns.upkeep.retention import Keep, clean


def run_cleanup() -> None:
    """Delete what is old, and print how much that was."""
    settings = load()
    configure(settings.log_level, settings.log_format)
    run_async(_cleanup(settings))


async def _cleanup(settings: Settings) -> None:
    async with database(settings, "rejoinder cleanup") as db:
        gone = await clean(db, Keep.of(settings))
    typer.echo(f"log lines of finished jobs   {gone.finished_jobs}")
    typer.echo(f"failed jobs                  {gone.failed_jobs}")
    typer.echo(f"prompts and their answers    {gone.prompts}")
    typer.echo(f"explanations                 {gone.explanations}")
    typer.echo(f"events                       {gone.events}")
    typer.echo(f"closed conversations         {gone.conversations}")
    typer.echo(f"resolved dead letters        {gone.dead_letters}")
