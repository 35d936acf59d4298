"""Channels are connected, changed, checked and taken away."""

from __future__ import annotations

from uuid import UUID

import typer

from rejoinder.api.channels.remove import remove
from rejoinder.api.channels.views import ChannelMade, Showing
from rejoinder.channels.connect.connect import change, chat_platform, check, connect
from rejoinder.channels.connect.model import Change, Connected, Wanted
from rejoinder.channels.registry import platform as adapter_of
from rejoinder.cli.channel.ask import Names, clear, complete, sort
from rejoinder.cli.channel.place import Place, run_in
from rejoinder.cli.channel.show import as_json, told


def run_add(
    platform: str,
    name: str | None,
    bot: UUID | None,
    pairs: list[str],
    files: list[str],
    verify: bool,
    workspace: str,
    in_json: bool,
) -> None:
    """Ask for what is missing, connect the account, print what is left to do."""
    adapter = None if platform == "rest" else chat_platform(platform)
    names = Names.of(adapter)
    given = sort(names, pairs, files)
    complete(names, given)
    called = name or (adapter.title if adapter else "REST")
    wanted = Wanted(platform, called, bot, given.credentials, given.settings)

    async def work(place: Place) -> None:
        made = await connect(place.tools, place.workspace_id, wanted, verify=verify)
        _print(place, made, "Connected", in_json)

    run_in(workspace, work)


def run_change(
    which: str,
    name: str | None,
    bot: UUID | None,
    pairs: list[str],
    files: list[str],
    cleared: list[str],
    verify: bool,
    workspace: str,
    in_json: bool,
) -> None:
    """Change what is given; settings that are not named stay as they are."""

    async def work(place: Place) -> None:
        before = await place.find(which)
        names = Names.of(adapter_of(before.platform))
        given = sort(names, pairs, files)
        clear(names, given, cleared)
        merged = {**before.settings.stored(), **given.settings}
        wanted = Change(
            name,
            bot,
            {key: value for key, value in merged.items() if value is not None}
            if given.settings
            else None,
            given.credentials or None,
        )
        done = await change(
            place.tools, place.workspace_id, before.channel_id, wanted, verify=verify
        )
        _print(place, done, "Changed", in_json)

    run_in(workspace, work)


def run_check(which: str, announce: bool, workspace: str, in_json: bool) -> None:
    """Ask the platform, and print what it says."""

    async def work(place: Place) -> None:
        found = await place.find(which)
        checked = await check(place.tools, place.workspace_id, found.channel_id, announce=announce)
        _print(place, checked, "Good", in_json)

    run_in(workspace, work)


def run_remove(which: str, force: bool, workspace: str) -> None:
    """Take it away, and print how many conversations went."""

    async def work(place: Place) -> None:
        found = await place.find(which)
        gone = await remove(
            place.tools.db,
            place.workspace_id,
            found.channel_id,
            force=force,
            by="the command line",
        )
        typer.echo(f"The channel {found.name!r} is gone, and {gone} conversations with it.")
        if adapter_of(found.platform):
            typer.echo("Delete the webhook's address at the vendor's too.")

    run_in(workspace, work)


def _print(place: Place, connected: Connected, done: str, in_json: bool) -> None:
    made = ChannelMade.after(connected, Showing(place.tools, place.base))
    if in_json:
        as_json(made)
        return
    for line in told(made, done):
        typer.echo(line)
