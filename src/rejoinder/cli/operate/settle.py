"""Many that wait for a person are settled, one after the other: what is refused is told, and holds up no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import typer

if TYPE_CHECKING:
    from rejoinder.db import Database

Done = Literal["replayed", "discarded"]
BY = "the command line"
PAGE = 500


def run(name: str, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do it on the installation's database, as `rejoinder NAME`."""
    from rejoinder.cli.operate.database import database
    from rejoinder.cli.run import run_async
    from rejoinder.settings import load
    from rejoinder.telemetry.logs import configure

    settings = load()
    configure(settings.log_level, settings.log_format)

    async def once() -> None:
        async with database(settings, f"rejoinder {name}") as db:
            await work(db)

    run_async(once())


async def settle_many(
    ids: Sequence[UUID] | None,
    page: Callable[[UUID], Awaitable[Sequence[UUID]]],
    settle: Callable[[UUID], Awaitable[None]],
    done: Done,
    busy: str,
) -> None:
    """Those of the `ids`, or all that `page` gives after an id, PAGE at once; ends with 1 if one was refused.

    `busy` says why one can't be had at the moment.
    """
    refused = sum([not await _one(each, settle, done, busy) for each in dict.fromkeys(ids or [])])
    after = UUID(int=0)
    while ids is None:
        found = await page(after)
        refused += sum([not await _one(each, settle, done, busy) for each in found])
        if len(found) < PAGE:
            break
        after = found[-1]
    if refused:
        raise typer.Exit(1)


def one_line(text: str) -> str:
    """For a list, where each has one line."""
    return " ".join(text.split())


async def _one(
    which: UUID, settle: Callable[[UUID], Awaitable[None]], done: Done, busy: str
) -> bool:
    from rejoinder.db import BUSY
    from rejoinder.errors import Conflict, NotFound

    try:
        await settle(which)
    except (NotFound, Conflict) as refused:
        typer.echo(f"{which}  refused: {refused.detail}")
        return False
    except BUSY:
        typer.echo(f"{which}  refused: {busy}; try again")
        return False
    typer.echo(f"{which}  {done}")
    return True
