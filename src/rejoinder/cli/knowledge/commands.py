"""The commands of `rejoinder knowledge` and their options; what they do stands in the files beside this one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

knowledge = typer.Typer(
    help="What the bots know: documents, websites, and the bases they stand in.",
    no_args_is_help=True,
)

Workspace = Annotated[str, typer.Option(help="The workspace's slug.")]
Base = Annotated[str | None, typer.Option(help="The base's name.")]
_DEMO = "demo"


@knowledge.command()
def add(
    what: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|URL…", help="Files, folders, websites.")
    ],
    base: Annotated[
        str | None, typer.Option(help="The base they stand in; made if there is none.")
    ] = None,
    bot: Annotated[
        UUID | None, typer.Option(help="Let this bot read the base; it reads its bases alone.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Of each file; repeat it.")] = None,
    sitemap: Annotated[
        bool, typer.Option("--sitemap", help="The addresses are sitemaps: no link is followed.")
    ] = False,
    every: Annotated[
        float | None, typer.Option(metavar="HOURS", help="Read websites again so often.", min=1)
    ] = None,
    pages: Annotated[int, typer.Option(help="Of a website at most.", min=1, max=5000)] = 200,
    workspace: Workspace = _DEMO,
) -> None:
    """Take files in now, and have websites read by a worker; ends with 1 if something was refused."""
    from rejoinder.cli.knowledge.add import Wanted, run_add

    wanted = Wanted(base, bot, tuple(tag or ()), sitemap, every, pages)
    run_add(what, wanted, workspace)


@knowledge.command("list")
def list_documents(
    base: Base = None,
    tag: Annotated[str | None, typer.Option(help="Only documents with this tag.")] = None,
    workspace: Workspace = _DEMO,
) -> None:
    """List the websites and the documents."""
    from rejoinder.cli.knowledge.show import run_list

    run_list(base, tag, workspace)


@knowledge.command()
def show(
    which: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id or its source.")],
    workspace: Workspace = _DEMO,
) -> None:
    """Show a document, chunk by chunk, as search finds it."""
    from rejoinder.cli.knowledge.show import run_show

    run_show(which, workspace)


@knowledge.command()
def remove(
    which: Annotated[
        list[str], typer.Argument(metavar="DOCUMENT|WEBSITE…", help="Their ids or sources.")
    ],
    workspace: Workspace = _DEMO,
) -> None:
    """Take documents away, and websites with all theirs; ends with 1 if one was not there."""
    from rejoinder.cli.knowledge.change import run_remove

    run_remove(which, workspace)


@knowledge.command()
def refresh(
    which: Annotated[
        list[str] | None, typer.Argument(metavar="WEBSITE…", help="Ids or addresses; all if none.")
    ] = None,
    workspace: Workspace = _DEMO,
) -> None:
    """Have websites read again by a worker, now; ends with 1 if one was not there."""
    from rejoinder.cli.knowledge.change import run_refresh

    run_refresh(which or [], workspace)


@knowledge.command()
def bases(workspace: Workspace = _DEMO) -> None:
    """List the bases, with what they hold."""
    from rejoinder.cli.knowledge.show import run_bases

    run_bases(workspace)


@knowledge.command()
def index(
    away: Annotated[bool, typer.Option("--drop", help="Take it away again.")] = False,
    workspace: Workspace = _DEMO,
) -> None:
    """Index the workspace's vectors, for search among more than 5,000 chunks; others read and write meanwhile."""
    from rejoinder.cli.knowledge.index import run_index

    run_index(workspace, away=away)
