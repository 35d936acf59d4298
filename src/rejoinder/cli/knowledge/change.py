"""`rejoinder knowledge remove` and `refresh`."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from rejoinder.cli.knowledge.place import Place, run_in
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.websites import store as websites
from rejoinder.knowledge.importing.websites.jobs import job
from rejoinder.knowledge.importing.websites.model import Source
from rejoinder.queue.jobs import enqueue_alone


def run_remove(which: Sequence[str], workspace: str) -> None:
    """Print a line for each; ends with 1 if one was not there."""
    run_in(workspace, lambda place: _remove(place, which))


def run_refresh(which: Sequence[str], workspace: str) -> None:
    """Print a line for each; ends with 1 if one was not there."""
    run_in(workspace, lambda place: _refresh(place, which))


async def _remove(place: Place, which: Sequence[str]) -> None:
    missing = 0
    for each in which:
        site = _of(await place.sources(), each)
        document = None if site else await place.document(each)
        async with place.db.transaction(place.workspace_id) as tx:
            if site is not None:
                await websites.delete(tx, site.source_id)
            elif document is not None:
                await store.delete_document(tx, document.document_id)
        if site is None and document is None:
            missing += 1
            typer.echo(f"refused    {each}: there is no such document or website", err=True)
        else:
            typer.echo(f"removed    {site.url if site else each}")
    if missing:
        raise typer.Exit(1)


async def _refresh(place: Place, which: Sequence[str]) -> None:
    sources = await place.sources()
    missing = 0
    for each in which or [source.url for source in sources]:
        site = _of(sources, each)
        if site is None:
            missing += 1
            typer.echo(f"refused    {each}: there is no such website", err=True)
            continue
        async with place.db.transaction(place.workspace_id) as tx:
            if await websites.refresh(tx, site.source_id):
                await enqueue_alone(tx, [job(place.workspace_id, site.source_id)])
        typer.echo(f"again      {site.url}: a worker reads it")
    if missing:
        raise typer.Exit(1)


def _of(sources: Sequence[Source], which: str) -> Source | None:
    return next((each for each in sources if which in (str(each.source_id), each.url)), None)
