"""`rejoinder knowledge list`, `show` and `bases`."""

from __future__ import annotations

from uuid import UUID

import typer

from rejoinder.cli.knowledge.place import Place, run_in
from rejoinder.errors import NotFound
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.websites import store as websites


def run_list(base: str | None, tag: str | None, workspace: str) -> None:
    """Print a line for each website, then for each document."""
    run_in(workspace, lambda place: _list(place, base, tag))


def run_show(which: str, workspace: str) -> None:
    """Print a document with its chunks. Raises NotFound."""
    run_in(workspace, lambda place: _show(place, which))


def run_bases(workspace: str) -> None:
    """Print a line for each base."""
    run_in(workspace, _bases)


async def _list(place: Place, base: str | None, tag: str | None) -> None:
    base_id = (await place.base(base)).base_id if base else None
    any_found = False
    for source in [] if tag else await place.sources(base_id):
        any_found = True
        error = f"  {source.error}" if source.error else ""
        typer.echo(
            f"{source.source_id}  {source.kind}  {source.state}  {many(source.pages, 'page')}  {source.url}{error}"
        )
    async for each in place.documents(base_id, tag):
        any_found = True
        typer.echo(
            f"{each.document_id}  {each.format}  {many(each.chunks, 'chunk')}  {each.source}  {each.title}"
        )
    if not any_found:
        typer.echo("Nothing is known.")


async def _show(place: Place, which: str) -> None:
    found = await place.document(which)
    if found is None:
        raise NotFound(
            f"This workspace has no document {which!r}.",
            mend="`rejoinder knowledge list` lists them.",
        )
    async with place.db.read(place.workspace_id) as read:
        pieces = await store.pieces(read, found.document_id)
        site = await websites.source(read, found.source_id) if found.source_id else None
    typer.echo(f"{found.title}\n{found.source}")
    if site:
        typer.echo(f"from {site.url}")
    typer.echo(f"{found.format}, {found.language}, changed {found.updated_at:%Y-%m-%d %H:%M:%S}Z")
    if found.tags:
        typer.echo(f"tags: {', '.join(found.tags)}")
    for piece in pieces:
        page = f", page {piece.page}" if piece.page else ""
        typer.echo(f"\n[{piece.position + 1}{page}] {piece.heading}\n{piece.text}")


async def _bases(place: Place) -> None:
    after, any_found = UUID(int=0), False
    async with place.db.read(place.workspace_id) as read:
        while page := await store.bases(read, after, 200):
            any_found = True
            for each in page:
                typer.echo(
                    f"{each.base_id}  {many(each.documents, 'document')}  {many(each.chunks, 'chunk')}  {each.name}"
                )
            after = page[-1].base_id
    if not any_found:
        typer.echo("There are no bases: every bot reads all documents.")


def many(count: int, thing: str) -> str:
    """How many of a thing, in words."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
