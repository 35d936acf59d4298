"""Channels and platforms as a person at a terminal reads them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import typer
from pydantic import BaseModel
from pydantic_core import to_json
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rejoinder.api.channels.platforms import FieldView, PlatformView, all_platforms
from rejoinder.api.channels.views import ChannelMade, ChannelView, LogView, Showing
from rejoinder.bots.model import Channel
from rejoinder.channels.connect.settings import Common
from rejoinder.channels.connect.store import intake
from rejoinder.channels.log import store as log
from rejoinder.channels.log.model import Direction
from rejoinder.cli.channel.place import Place, run_in

_WIDE = 240


def run_list(workspace: str, in_json: bool) -> None:
    """Print a table of the channels."""

    async def work(place: Place) -> None:
        shown = await _views(place, await place.channels())
        if in_json:
            as_json(shown)
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in ("id", "platform", "name", "account", "state"):
            table.add_column(column, no_wrap=column == "id")
        for each in shown:
            cells = (
                str(each.channel_id),
                each.platform,
                each.name,
                each.account or "",
                _state(each),
            )
            table.add_row(*map(Text, cells))
        # Where nobody looks at it, another program may: one line a channel.
        Console(width=None if sys.stdout.isatty() else _WIDE).print(table)

    run_in(workspace, work)


def run_show(which: str, workspace: str, in_json: bool) -> None:
    """Print one channel."""

    async def work(place: Place) -> None:
        (shown,) = await _views(place, [await place.find(which)])
        if in_json:
            as_json(shown)
            return
        for line in _lines(shown):
            typer.echo(line)

    run_in(workspace, work)


def run_log(
    which: str,
    direction: Direction | None,
    outcome: str | None,
    limit: int,
    workspace: str,
    in_json: bool,
) -> None:
    """Print what went over the wire."""

    async def work(place: Place) -> None:
        found = await place.find(which)
        async with place.tools.db.read(place.workspace_id) as read:
            entries = await log.page(
                read, found.channel_id, None, limit, direction=direction, of_class=outcome
            )
        if in_json:
            as_json([LogView.model_validate(each) for each in entries])
            return
        for each in entries:
            typer.echo(
                f"{each.at:%Y-%m-%d %H:%M:%S}Z  {each.direction:<3} {each.method} {each.address}  "
                f"{each.status or '-'}  {each.what}  {each.milliseconds:.0f} ms"
            )
        if not entries:
            typer.echo("The log has nothing of that.")

    run_in(workspace, work)


def run_platforms(in_json: bool) -> None:
    """Print what each platform takes."""
    found = all_platforms()
    if in_json:
        as_json(found)
        return
    for each in found:
        for line in _platform(each):
            typer.echo(line)
    typer.echo(f"settings of all: {', '.join(Common.model_fields)}")


def as_json(shown: BaseModel | Sequence[BaseModel]) -> None:
    """Print it as the API would."""
    typer.echo(to_json(shown, indent=2, by_alias=True).decode())


def told(made: ChannelMade, done: str) -> Iterator[str]:
    """What was done, what is shown this once, and what is left to do."""
    account = f"{made.checked.name} (account {made.checked.account}), " if made.checked else ""
    yield f"{done}: {account}channel {made.name!r} {made.channel_id}."
    yield from (f"  {fact}" for fact in (made.checked.told if made.checked else []))
    if made.webhook_url:
        yield f"  webhook URL      {made.webhook_url}"
    shown_once = made.made | (
        {"signing_secret": made.signing_secret} if made.signing_secret else {}
    )
    for name, value in shown_once.items():
        yield f"  {name:<16} {value}   (shown this once)"
    if made.announced:
        yield "The platform was told the webhook URL."
    yield from (f"Note: {warning}" for warning in made.warnings)
    if made.next:
        yield "\nWhat is left to do:"
        yield from (f"  {line}" for line in made.next.splitlines())


async def _views(place: Place, channels: Sequence[Channel]) -> list[ChannelView]:
    async with place.tools.db.read(place.workspace_id) as read:
        counts = await intake(read, [each.channel_id for each in channels])
    showing = Showing(place.tools, place.base)
    return [ChannelView.of(each, showing, counts.get(each.channel_id, (0, 0))) for each in channels]


def _state(shown: ChannelView) -> str:
    found = []
    if shown.credentials is None:
        found.append("no key opens its credentials")
    if shown.paused_until == "resumed":
        found.append(f"paused until it is mended: {shown.paused_reason or 'no reason given'}")
    elif shown.paused_until is not None:
        found.append(f"paused until {shown.paused_until:%H:%M:%S}Z")
    if shown.intake.quarantined:
        found.append(f"{shown.intake.quarantined} webhooks quarantined")
    return "; ".join(found) or "ok"


def _lines(shown: ChannelView) -> Iterator[str]:
    facts = {
        "id": str(shown.channel_id),
        "platform": shown.platform,
        "name": shown.name,
        "account": shown.account or "not checked yet",
        "bot": str(shown.bot_id),
        "webhook URL": shown.webhook_url or "none",
        "state": _state(shown),
    }
    for name, value in facts.items():
        yield f"{name:<16} {value}"
    for name, value in (shown.credentials or {}).items():
        yield f"{name:<16} {value}"
    for name, setting in shown.settings.items():
        yield f"{name:<16} {setting if isinstance(setting, str) else to_json(setting).decode()}"


def _platform(each: PlatformView) -> Iterator[str]:
    yield f"{each.name}: {each.title}"
    if each.broken:
        yield f"  can't be used: {each.broken}"
    for kind, fields in (("credential", each.credentials), ("setting", each.settings)):
        yield from (_field(kind, field) for field in fields)
    yield ""


def _field(kind: str, field: FieldView) -> str:
    left_out = "made up" if field.made else field.usual or "none"
    when = "needed" if field.needed else f"{left_out} if left out"
    where = f" · {field.where}" if field.where else ""
    return f"  {field.name:<20} {kind}, {when}: {field.title}{where}"
