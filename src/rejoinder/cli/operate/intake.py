"""`rejoinder intake`: platforms' webhooks that could not be applied, of the whole installation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

if TYPE_CHECKING:
    from rejoinder.db import Database

intake = typer.Typer(
    help="Platforms' webhooks that could not be applied when they came.", no_args_is_help=True
)

State = Literal["waiting", "quarantined", "applied", "discarded"]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Their ids.")]
All = Annotated[bool, typer.Option("--all", help="All that are quarantined.")]

_BY = "the command line"
_PAGE = 500


@intake.command("list")
def list_intake(
    state: Annotated[State, typer.Option(help="In which state.")] = "quarantined",
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=10_000)] = 100,
) -> None:
    """List them, oldest first."""
    _run(lambda db: _list(db, state, limit))


@intake.command()
def show(intake_id: Annotated[UUID, typer.Argument(help="Its id.")]) -> None:
    """Show one, with its body as it came."""
    _run(lambda db: _show(db, intake_id))


@intake.command()
def replay(ids: Ids = None, every: All = False) -> None:
    """Let a worker read quarantined ones anew and apply them; ends with 1 if one was refused."""
    _settle("replayed", ids, every)


@intake.command()
def discard(ids: Ids = None, every: All = False) -> None:
    """Put them away: what was not applied never will be; ends with 1 if one was refused."""
    _settle("discarded", ids, every)


def _settle(done: Literal["replayed", "discarded"], ids: list[UUID] | None, every: bool) -> None:
    if bool(ids) == every:
        raise typer.BadParameter("name their ids, or give --all")
    _run(lambda db: _settle_many(db, done, ids))


def _run(work: Callable[[Database], Awaitable[None]]) -> None:
    from rejoinder.cli.operate.database import database
    from rejoinder.cli.run import run_async
    from rejoinder.settings import load
    from rejoinder.telemetry.logs import configure

    settings = load()
    configure(settings.log_level, settings.log_format)

    async def run() -> None:
        async with database(settings, "rejoinder intake") as db:
            await work(db)

    run_async(run())


async def _list(db: Database, state: State, limit: int) -> None:
    from rejoinder.inbound.intake import store

    async with db.maintenance() as maintenance:
        found = await store.of_all(maintenance, state, UUID(int=0), limit)
    for slug, entry in found:
        typer.echo(
            f"{entry.intake_id}  {entry.received_at:%Y-%m-%d %H:%M:%S}Z  {slug}  {entry.channel_id}  "
            f"{_one_line(entry.reason)}"
        )
    if not found:
        typer.echo(f"Nothing is {state}.")


async def _show(db: Database, intake_id: UUID) -> None:
    from dataclasses import asdict

    from rejoinder.inbound.intake import store

    workspace_id = await _workspace(db, intake_id)
    async with db.read(workspace_id) as read:
        found = await store.entry(read, intake_id)
        body = await store.body(read, intake_id)
    assert found is not None, "its workspace was just found by it"
    for name, value in {"workspace_id": workspace_id, **asdict(found)}.items():
        if value is not None:
            typer.echo(f"{name:<16} {_one_line(str(value))}")
    typer.echo(f"\n{body.decode(errors='replace')}")


async def _settle_many(
    db: Database, done: Literal["replayed", "discarded"], ids: list[UUID] | None
) -> None:
    refused = sum([not await _settle_one(db, done, one) for one in dict.fromkeys(ids or [])])
    after = UUID(int=0)
    while ids is None:
        page = await _quarantined_after(db, after)
        refused += sum([not await _settle_one(db, done, one) for one in page])
        if len(page) < _PAGE:
            break
        after = page[-1]
    if refused:
        raise typer.Exit(1)


async def _quarantined_after(db: Database, after: UUID) -> list[UUID]:
    from rejoinder.inbound.intake import store

    async with db.maintenance() as maintenance:
        found = await store.of_all(maintenance, "quarantined", after, _PAGE)
    return [entry.intake_id for _, entry in found]


async def _settle_one(
    db: Database, done: Literal["replayed", "discarded"], intake_id: UUID
) -> bool:
    from rejoinder.db import BUSY
    from rejoinder.errors import Conflict, NotFound
    from rejoinder.inbound.intake.replay import discard, replay

    try:
        workspace_id = await _workspace(db, intake_id)
        if done == "replayed":
            await replay(db, workspace_id, intake_id)
        else:
            await discard(db, workspace_id, intake_id, _BY)
    except (NotFound, Conflict) as refused:
        typer.echo(f"{intake_id}  refused: {refused.detail}")
        return False
    except BUSY:
        typer.echo(f"{intake_id}  refused: a worker has it in hand; try again")
        return False
    typer.echo(f"{intake_id}  {done}")
    return True


async def _workspace(db: Database, intake_id: UUID) -> UUID:
    from rejoinder.errors import NotFound
    from rejoinder.inbound.intake import store

    async with db.maintenance() as maintenance:
        found = await store.workspace_of(maintenance, intake_id)
    if found is None:
        raise NotFound(
            f"There is no webhook {intake_id} in the intake.",
            mend="`rejoinder intake list` shows the quarantined ones; settled ones go after 7 days.",
        )
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
