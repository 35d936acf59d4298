"""`rejoinder intake`: platforms' webhooks that could not be applied, of the whole installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from rejoinder.cli.operate.settle import BY, PAGE, Done, one_line, run, settle_many

if TYPE_CHECKING:
    from rejoinder.db import Database

intake = typer.Typer(
    help="Platforms' webhooks that could not be applied when they came.", no_args_is_help=True
)

State = Literal["waiting", "quarantined", "applied", "discarded"]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Their ids.")]
All = Annotated[bool, typer.Option("--all", help="All that are quarantined.")]


@intake.command("list")
def list_intake(
    state: Annotated[State, typer.Option(help="In which state.")] = "quarantined",
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=10_000)] = 100,
) -> None:
    """List them, oldest first."""
    run("intake", lambda db: _list(db, state, limit))


@intake.command()
def show(intake_id: Annotated[UUID, typer.Argument(help="Its id.")]) -> None:
    """Show one, with its body as it came."""
    run("intake", lambda db: _show(db, intake_id))


@intake.command()
def replay(ids: Ids = None, every: All = False) -> None:
    """Let a worker read quarantined ones anew and apply them; ends with 1 if one was refused."""
    _settle("replayed", ids, every)


@intake.command()
def discard(ids: Ids = None, every: All = False) -> None:
    """Put them away: what was not applied never will be; ends with 1 if one was refused."""
    _settle("discarded", ids, every)


def _settle(done: Done, ids: list[UUID] | None, every: bool) -> None:
    if bool(ids) == every:
        raise typer.BadParameter("name their ids, or give --all")
    run("intake", lambda db: _settle_many(db, done, ids))


async def _list(db: Database, state: State, limit: int) -> None:
    from rejoinder.inbound.intake import store

    async with db.maintenance() as maintenance:
        found = await store.of_all(maintenance, state, UUID(int=0), limit)
    for slug, entry in found:
        typer.echo(
            f"{entry.intake_id}  {entry.received_at:%Y-%m-%d %H:%M:%S}Z  {slug}  {entry.channel_id}  "
            f"{one_line(entry.reason)}"
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
            typer.echo(f"{name:<16} {one_line(str(value))}")
    typer.echo(f"\n{body.decode(errors='replace')}")


async def _settle_many(db: Database, done: Done, ids: list[UUID] | None) -> None:
    from rejoinder.inbound.intake import store
    from rejoinder.inbound.intake.replay import discard, replay

    async def page(after: UUID) -> list[UUID]:
        async with db.maintenance() as maintenance:
            found = await store.of_all(maintenance, "quarantined", after, PAGE)
        return [entry.intake_id for _, entry in found]

    async def one(intake_id: UUID) -> None:
        workspace_id = await _workspace(db, intake_id)
        if done == "replayed":
            await replay(db, workspace_id, intake_id)
        else:
            await discard(db, workspace_id, intake_id, BY)

    await settle_many(ids, page, one, done, "a worker has it in hand")


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
