"""Play a platform beside the running installation: a load, a chat, or just being there."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import to_json
from rich.console import Console

from rejoinder.cli.run import run_async, say
from rejoinder.cli.simulate.here import installation
from rejoinder.cli.simulate.typed import typed
from rejoinder.errors import Setup
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure
from rejoinder.testing.platforms import load as loads
from rejoinder.testing.platforms.chat import Chat
from rejoinder.testing.platforms.faults import Plan, read_plan
from rejoinder.testing.platforms.installation import Installation
from rejoinder.testing.platforms.report import Compared, Report, compare, report
from rejoinder.testing.platforms.server import PlayedPlatform, playing

_LOOK_S = 0.5
_LAST = 9_999_999  # seven digits of a phone number tell them apart
_AT_ONCE = 1_000

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for; `load` of no customers is none."""

    platform: str
    load: loads.Load
    chat: bool
    port: int
    channel: UUID | None
    url: str | None
    patience: float
    redelivers: bool
    in_json: bool


@dataclass(frozen=True, slots=True)
class _Run:
    server: Installation
    platform: PlayedPlatform
    channel_id: UUID
    began: datetime
    wanted: Wanted


def wanted(
    platform: str,
    load: tuple[int, int, float, int],
    first: int | None,
    *,
    chat: bool,
    port: int,
    channel: str | None,
    url: str | None,
    patience: float,
    redelivers: bool,
    in_json: bool,
) -> Wanted:
    """From the command line; `load` is customers, messages, rate and seed. Raises Setup for an id that is none."""
    try:
        channel_id = UUID(channel) if channel else None
    except ValueError:
        raise Setup(
            f"{channel!r} is no channel's id.",
            mend="`GET /api/v1/channels` lists them; without --channel one is made.",
        ) from None
    # An earlier run's customers may be with a person by now, so others write.
    made = loads.Load(*load, first=first or 1 + _AT_ONCE * secrets.randbelow(_LAST // _AT_ONCE))
    return Wanted(platform, made, chat, port, channel_id, url, patience, redelivers, in_json)


def run_simulate(wanted: Wanted, faults: list[str]) -> None:
    """Play until it is over, or Ctrl-C; ends with 1 when something was doubled, lost or written wrongly."""
    settings = load()
    configure("warning", settings.log_format)
    run_async(_simulate(settings, wanted, read_plan(faults, wanted.load.seed)))


async def _simulate(settings: Settings, wanted: Wanted, plan: Plan) -> None:
    began = datetime.now(UTC)
    async with (
        installation(settings, wanted.url) as server,
        playing(wanted.platform, port=wanted.port, plan=plan) as platform,
    ):
        channel_id = await server.channel(wanted.platform, platform.url, wanted.channel)
        platform.posts_to(server.webhook(wanted.platform, channel_id), redelivers=wanted.redelivers)
        say(f"{wanted.platform} is played at {platform.url} for the channel {channel_id}.")
        if wanted.chat:
            await _unless_told(_chat(platform, wanted))
            return
        run = _Run(server, platform, channel_id, began, wanted)
        work = _load if wanted.load.customers else _be_there
        # Cut short, nothing is lost that is not there yet.
        found = report(platform, await _unless_told(work(run)) or Compared())
    _tell(found, wanted.in_json)
    if not found.sound:
        raise SystemExit(1)


async def _be_there(run: _Run) -> Compared:
    say("Ctrl-C ends it.")
    await asyncio.Event().wait()
    return Compared()


async def _load(run: _Run) -> Compared:
    load, platform = run.wanted.load, run.platform
    say(
        f"{load.customers * load.messages} messages, {load.rate:g} a second,"
        f" of the customers from --first {load.first} on …"
    )
    await loads.run(platform, load)
    say("All said. Waiting for the answers …")
    await loads.answered(platform, run.wanted.patience)
    return await _stored(run)


async def _chat(platform: PlayedPlatform, wanted: Wanted) -> None:
    say(f"You are a customer; with --first {wanted.load.first} you are the same one again.")
    console = Console(highlight=False)
    here = sys.stdin.isatty()

    def show(line: str, dim: bool) -> None:
        console.print(line, style="dim" if dim else None, markup=False, soft_wrap=True)

    chat = Chat(platform, platform.played.customers(wanted.load.first), show)
    await chat.talk(typed(), wanted.patience, in_turn=not here)


async def _stored(run: _Run) -> Compared:
    """What Rejoinder stored beside what was shown, once nothing is open any more or patience is at its end."""
    loop, platform = asyncio.get_running_loop(), run.platform
    deadline = loop.time() + run.wanted.patience
    while True:
        replies = await run.server.replies(run.channel_id, platform.threads, run.began)
        chats = {who: (replies[who], platform.book.texts(who)) for who in replies}
        found = compare(chats)
        unsettled = found.open + found.silent + found.lost
        if not unsettled or loop.time() > deadline:
            await platform.telling.settled()
            return found
        await asyncio.sleep(_LOOK_S)


async def _unless_told(work: Coroutine[Any, Any, Done]) -> Done | None:
    """Work until it is done or SIGINT or SIGTERM comes; None then."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signals on the loop
            loop.add_signal_handler(number, task.cancel)
    try:
        await asyncio.wait([task])
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return None if task.cancelled() else task.result()


def _tell(found: Report, in_json: bool) -> None:
    told = to_json(found, indent=2).decode() if in_json else "\n".join(found.lines())
    sys.stdout.write(told + "\n")
