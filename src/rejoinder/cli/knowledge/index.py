"""`rejoinder knowledge index`: make a large workspace's vectors quick to search, or take that back."""

from __future__ import annotations

import typer

from rejoinder.app.accounts import accounts
from rejoinder.cli.knowledge.place import Place, run_in
from rejoinder.errors import Setup
from rejoinder.knowledge.searching.indexed.make import drop, make
from rejoinder.knowledge.searching.indexed.store import LEAST
from rejoinder.llm.embedding.choose import choice
from rejoinder.settings import load


def run_index(workspace: str, *, away: bool) -> None:
    """Print what there is now. Raises Setup, Conflict."""
    run_in(workspace, _drop if away else _make)


async def _make(place: Place) -> None:
    settings = load()
    named = choice(settings.embedder, accounts(settings), settings.model)
    if named is None:
        raise Setup(
            "There is no embedder, so there are no vectors to index.",
            mend="Set REJOINDER_EMBEDDER, as the workers have it.",
        )
    made = await make(place.db, place.workspace_id, named.identity)
    if made.dropped:
        typer.echo(f"dropped    {made.dropped} of before")
    if made.bytes is None:
        typer.echo(
            f"none       {made.vectors:,} vectors of {named.identity} are read one by one; "
            f"from {LEAST:,} on an index pays"
        )
        return
    typer.echo(
        f"indexed    {made.vectors:,} vectors of {named.identity}, {made.bytes / 1e6:,.0f} MB; servers use it from the "
        "second search on"
    )


async def _drop(place: Place) -> None:
    typer.echo(f"dropped    {await drop(place.db, place.workspace_id)}")
