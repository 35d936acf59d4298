"""`rejoinder knowledge add`: files are taken in one by one, websites are left to a worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import typer

from rejoinder.cli.knowledge.place import Place, run_in
from rejoinder.cli.knowledge.show import many
from rejoinder.db import new_id
from rejoinder.errors import Invalid, NotFound, RejoinderError
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.formats.apart import Reading
from rejoinder.knowledge.importing.formats.read import ENDINGS, MOST_BYTES
from rejoinder.knowledge.importing.model import Material
from rejoinder.knowledge.importing.websites import store as websites
from rejoinder.knowledge.importing.websites.addresses.urls import canonical
from rejoinder.knowledge.importing.websites.jobs import job
from rejoinder.knowledge.importing.websites.model import Kind, Options
from rejoinder.knowledge.ingest import take
from rejoinder.queue.jobs import enqueue_alone

_URLS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where it all goes, and how websites are read."""

    base: str | None
    bot: UUID | None
    tags: tuple[str, ...]
    sitemap: bool
    every: float | None
    pages: int


def run_add(what: Sequence[str], wanted: Wanted, workspace: str) -> None:
    """Print a line for each; ends with 1 if one was refused."""
    if wanted.bot and not wanted.base:
        raise typer.BadParameter("name the --base that the bot shall read")
    run_in(workspace, lambda place: _add(place, what, wanted))


async def _add(place: Place, what: Sequence[str], wanted: Wanted) -> None:
    base_id = (await place.base_or_new(wanted.base)).base_id if wanted.base else None
    if wanted.bot and base_id:
        await _give(place, wanted.bot, base_id)
    reading, refused = Reading(), 0
    for each in what:
        if each.startswith(_URLS):
            refused += not await _site(place, each, wanted, base_id)
            continue
        files = list(_files(Path(each)))
        if not files:
            typer.echo(f"refused    {each}: there is {_lacks(Path(each))}", err=True)
            refused += 1
        for path, source in files:
            refused += not await _file(place, reading, path, source, wanted, base_id)
    if refused:
        raise typer.Exit(1)


async def _file(
    place: Place, reading: Reading, path: Path, source: str, wanted: Wanted, base_id: UUID | None
) -> bool:
    try:
        read = await reading.read(_bytes(path), None, path.name)
        material = Material(
            read.title, read.markdown, source, base_id, format=read.format, tags=wanted.tags
        )
        stored = await take(place.db, place.workspace_id, material)
    except OSError as wrong:
        typer.echo(f"refused    {source}: {wrong.strerror}", err=True)
        return False
    except RejoinderError as wrong:
        typer.echo(f"refused    {source}: {wrong}", err=True)
        return False
    typer.echo(f"{stored.became:9}  {source}: {many(stored.document.chunks, 'chunk')}")
    return True


async def _site(place: Place, address: str, wanted: Wanted, base_id: UUID | None) -> bool:
    """Websites stand in a base; without a name for it, it has the host's."""
    url = canonical(address)
    if url is None:
        typer.echo(f"refused    {address}: it is no address of a web page", err=True)
        return False
    base_id = base_id or (await place.base_or_new(url.host or str(url))).base_id
    kind: Kind = "sitemap" if wanted.sitemap else "website"
    every = timedelta(hours=wanted.every) if wanted.every else None
    async with place.db.transaction(place.workspace_id) as tx:
        source_id, options = new_id(), Options(wanted.pages)
        is_new = await websites.add(tx, source_id, base_id, kind, str(url), options, every)
        if not is_new:
            found = await websites.source_at(tx, base_id, str(url))
            source_id = found.source_id if found else source_id
            await websites.refresh(tx, source_id)
        await enqueue_alone(tx, [job(place.workspace_id, source_id)])
    typer.echo(f"{'new' if is_new else 'again':9}  {url}: a worker reads it")
    return True


async def _give(place: Place, bot_id: UUID, base_id: UUID) -> None:
    try:
        async with place.db.transaction(place.workspace_id) as tx:
            bases = await store.bases_of(tx, bot_id)
            await store.set_bases_of(tx, bot_id, [*bases, base_id])
    except asyncpg.ForeignKeyViolationError:
        raise NotFound(
            f"There is no bot {bot_id} in this workspace.", mend="GET /api/v1/bots lists its bots."
        ) from None


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """(file, source) of a file, or of all readable files in a folder; a source is the path as far as it was typed.

    A link in a folder that leads out of it is passed over: whoever filled the folder may have set it on a secret.
    """
    top = path if not path.is_absolute() else Path(path.name)
    if path.is_file():
        yield path, top.as_posix()
    elif path.is_dir():
        for each in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
            inside = each.resolve().is_relative_to(path.resolve())
            readable = each.suffix.lower().lstrip(".") in ENDINGS and each.is_file()
            if readable and inside and not hidden:
                yield each, (top / each.relative_to(path)).as_posix()


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(f"It is over {MOST_BYTES // 2**20} MiB.", mend="Split it.")
    return path.read_bytes()


def _lacks(path: Path) -> str:
    return "no file of a kind that is read" if path.exists() else "no such file or folder"
