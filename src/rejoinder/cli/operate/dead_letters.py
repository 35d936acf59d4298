"""`rejoinder dead-letters`: what gave up, of the whole installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from rejoinder.cli.operate.settle import BY, PAGE, Done, one_line, run, settle_many

if TYPE_CHECKING:
    from rejoinder.db import Database

letters = typer.Typer(
    help="Turns and deliveries that gave up and wait for a person.", no_args_is_help=True
)

Kind = Literal["turn", "delivery"]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Their ids.")]
All = Annotated[bool, typer.Option("--all", help="All that are open, of one kind or of both.")]
OfKind = Annotated[Kind | None, typer.Option(help="Only those of turns, or of deliveries.")]


@letters.command("list")
def list_letters(
    kind: OfKind = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=10_000)] = 100,
) -> None:
    """List the open ones, oldest first."""
    run("dead-letters", lambda db: _list(db, kind, limit))


@letters.command()
def show(dead_letter_id: Annotated[UUID, typer.Argument(help="Its id.")]) -> None:
    """Show one, open or settled."""
    run("dead-letters", lambda db: _show(db, dead_letter_id))


@letters.command()
def replay(ids: Ids = None, every: All = False, kind: OfKind = None) -> None:
    """Answer failed turns' messages after all, and send deliveries again; ends with 1 if one was refused."""
    _settle("replayed", ids, every, kind)


@letters.command()
def discard(ids: Ids = None, every: All = False, kind: OfKind = None) -> None:
    """Put them away: nothing more will be done about them; ends with 1 if one was refused."""
    _settle("discarded", ids, every, kind)


def _settle(done: Done, ids: list[UUID] | None, every: bool, kind: Kind | None) -> None:
    if bool(ids) == every or (ids and kind):
        raise typer.BadParameter("name their ids, or give --all, with --kind if you like")
    run("dead-letters", lambda db: _settle_many(db, done, ids, kind))


async def _list(db: Database, kind: Kind | None, limit: int) -> None:
    from rejoinder.queue.dead_letters import store

    async with db.maintenance() as maintenance:
        found = await store.open_of_all(maintenance, UUID(int=0), limit, kind)
    for slug, letter in found:
        typer.echo(
            f"{letter.dead_letter_id}  {letter.created_at:%Y-%m-%d %H:%M:%S}Z  {slug}  {letter.kind}  "
            f"{one_line(letter.error)}"
        )
    if not found:
        typer.echo("There are no dead letters.")


async def _show(db: Database, dead_letter_id: UUID) -> None:
    from dataclasses import asdict

    from rejoinder.queue.dead_letters import store

    workspace_id = await _workspace(db, dead_letter_id)
    async with db.read(workspace_id) as read:
        found = await store.letter(read, dead_letter_id)
    assert found is not None, "its workspace was just found by it"
    for name, value in {"workspace_id": workspace_id, **asdict(found)}.items():
        if value is not None:
            typer.echo(f"{name:<16} {one_line(str(value))}")


async def _settle_many(db: Database, done: Done, ids: list[UUID] | None, kind: Kind | None) -> None:
    from rejoinder.db import new_id
    from rejoinder.queue.dead_letters import store
    from rejoinder.turns.hands.replay import discard, replay

    begun = new_id()  # what fails again at once comes back under a newer id

    async def page(after: UUID) -> list[UUID]:
        async with db.maintenance() as maintenance:
            found = await store.open_of_all(maintenance, after, PAGE, kind)
        ids = [letter.dead_letter_id for _, letter in found]
        return [each for each in ids if each < begun]

    async def one(dead_letter_id: UUID) -> None:
        workspace_id = await _workspace(db, dead_letter_id)
        await (replay if done == "replayed" else discard)(db, workspace_id, dead_letter_id, BY)

    await settle_many(ids, page, one, done, "its conversation is locked by other work")


async def _workspace(db: Database, dead_letter_id: UUID) -> UUID:
    from rejoinder.errors import NotFound
    from rejoinder.queue.dead_letters import store

    async with db.maintenance() as maintenance:
        found = await store.workspace_of(maintenance, dead_letter_id)
    if found is None:
        raise NotFound(
            f"There is no dead letter {dead_letter_id}.",
            mend="`rejoinder dead-letters list` shows them; settled ones go after 30 days.",
        )
    return found
