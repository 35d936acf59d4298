"""The commands of `rejoinder channel` and their options; what they do stands in the files beside this one."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import typer

channel = typer.Typer(
    help="Channels: accounts of chat platforms, and REST channels.", no_args_is_help=True
)

Which = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its id or its name.")]
Workspace = Annotated[str, typer.Option(help="The workspace's slug.")]
InJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A credential or a setting; repeat it."),
]
SetFile = Annotated[
    list[str] | None,
    typer.Option(
        "--set-file",
        metavar="NAME=PATH",
        help="The same from a file, so that no secret is on a command line.",
    ),
]
Verify = Annotated[
    bool, typer.Option("--verify/--no-verify", help="Ask the platform about the credentials.")
]

_DEMO = "demo"


@channel.command()
def add(
    platform: Annotated[
        str, typer.Argument(help="`rejoinder channel platforms` lists them; or rest.")
    ],
    name: Annotated[str | None, typer.Option(help="What you call it.")] = None,
    bot: Annotated[
        UUID | None, typer.Option(help="Who answers; the first bot if left out.")
    ] = None,
    given: Set = None,
    files: SetFile = None,
    verify: Verify = True,
    workspace: Workspace = _DEMO,
    in_json: InJson = False,
) -> None:
    """Connect an account: asks for what it needs, checks it with the platform, says what is left to do."""
    from rejoinder.cli.channel.change import run_add

    run_add(platform, name, bot, given or [], files or [], verify, workspace, in_json)


@channel.command()
def change(
    which: Which,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    bot: Annotated[UUID | None, typer.Option(help="Another bot.")] = None,
    given: Set = None,
    files: SetFile = None,
    clear: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Take a credential or a setting away; repeat it."),
    ] = None,
    verify: Verify = True,
    workspace: Workspace = _DEMO,
    in_json: InJson = False,
) -> None:
    """Change what is given and leave the rest; new credentials are checked with the platform."""
    from rejoinder.cli.channel.change import run_change

    run_change(which, name, bot, given or [], files or [], clear or [], verify, workspace, in_json)


@channel.command()
def check(
    which: Which,
    announce: Annotated[
        bool, typer.Option("--announce", help="Also tell the platform the webhook's address.")
    ] = False,
    workspace: Workspace = _DEMO,
    in_json: InJson = False,
) -> None:
    """Ask the platform whether it still knows the account by the stored credentials."""
    from rejoinder.cli.channel.change import run_check

    run_check(which, announce, workspace, in_json)


@channel.command()
def remove(
    which: Which,
    force: Annotated[
        bool, typer.Option("--force", help="Though conversations are open: they are closed first.")
    ] = False,
    workspace: Workspace = _DEMO,
) -> None:
    """Take a channel away, with all its conversations and their messages."""
    from rejoinder.cli.channel.change import run_remove

    run_remove(which, force, workspace)


@channel.command("list")
def list_channels(workspace: Workspace = _DEMO, in_json: InJson = False) -> None:
    """List the channels and how they are."""
    from rejoinder.cli.channel.show import run_list

    run_list(workspace, in_json)


@channel.command()
def show(which: Which, workspace: Workspace = _DEMO, in_json: InJson = False) -> None:
    """Show one, its secrets masked."""
    from rejoinder.cli.channel.show import run_show

    run_show(which, workspace, in_json)


@channel.command()
def log(
    which: Which,
    direction: Annotated[
        Literal["in", "out"] | None, typer.Option(help="Only what came, or only what was sent.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option("--class", help="Only what ended so: taken, refused, …")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 50,
    workspace: Workspace = _DEMO,
    in_json: InJson = False,
) -> None:
    """Print what went over the wire, newest first."""
    from rejoinder.cli.channel.show import run_log

    run_log(which, direction, outcome, limit, workspace, in_json)


@channel.command()
def platforms(in_json: InJson = False) -> None:
    """List the chat platforms, what each takes, and where the vendor shows it."""
    from rejoinder.cli.channel.show import run_platforms

    run_platforms(in_json)
