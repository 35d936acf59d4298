"""All events of a body, in order of appearance: what can't be applied holds up only what must come after it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rejoinder.channels.port.event import InboundEvent, Moved, Renamed, Said
from rejoinder.db import BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.inbound.webhook.apply import apply
from rejoinder.inbound.webhook.clean import cleaned, suspect
from rejoinder.inbound.webhook.known import Known, KnownChannels
from rejoinder.inbound.webhook.outcome import Done, Outcome, Strange, Waits, Whole
from rejoinder.telemetry.logs import log

LOCKED_S = 0.7
"""A conversation's lock is waited for so long: LINE allows 2 s for the whole webhook."""

_LOCKED = "its conversation is locked by other work"
_BEHIND = "earlier messages of its conversation wait"
_LATE = "there was no time left for it"


def events_of(known: Known, body: bytes) -> tuple[InboundEvent, ...] | Strange:
    """What a body says. A parser that raises is a bug; the body is kept for one that does not."""
    try:
        events = tuple(known.adapter.parse(known.account, body))
        return cleaned(events) if suspect(body) else events
    except Exception as bug:  # noqa: BLE001 - its words go to a person, its body stays
        log.exception("webhook_parser_raised", platform=known.channel.platform)
        return Strange(f"the parser raised {type(bug).__name__}")


def threads_of(*events: InboundEvent) -> frozenset[str]:
    """The threads in which the events have their place: they overtake nothing there, and nothing overtakes them.

    Edits and receipts have none: an edit has its time, a receipt only moves forward.
    """
    return frozenset[str]().union(*(_threads(event) for event in events))


def _threads(event: InboundEvent) -> tuple[str, ...]:
    match event:
        case Said() if (
            event.source == "direct"
        ):  # the thread may bear another of the customer's names
            return (event.thread, *(each.value for each in event.sender.identities))
        case Said():
            return (event.thread,)
        case Moved():
            return (event.thread, event.to)
        case Renamed():  # a customer's thread is called as they are
            return tuple(each.value for each in (*event.before, *event.now))
        case _:
            return ()


async def apply_all(
    db: Database,
    channels: KnownChannels,
    known: Known,
    events: Sequence[InboundEvent],
    *,
    seconds: float,
    each: float = LOCKED_S,
    held: frozenset[str] = frozenset(),
    fresh: bool = True,
) -> Whole:
    """Apply what can be within `seconds`, and within `each` for one event.

    `held` are threads in which something waits: what the body has for them queues behind it.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    waits: list[Waits] = []
    strange: list[Strange] = []
    behind = set(held)
    for event in events:
        threads = threads_of(event)
        left = until - loop.time()
        outcome: Outcome
        if threads & behind:
            outcome = Waits(_BEHIND, threads, lasting=True)
        elif left <= 0:
            outcome = Waits(_LATE, threads, lasting=True)
        else:
            outcome = await _one(db, channels, known, event, min(left, each), fresh)
        match outcome:
            case Waits():
                waits.append(outcome)
                behind |= outcome.threads
            case Strange():
                strange.append(outcome)
            case Done():
                pass
    return Whole(tuple(waits), tuple(strange))


async def _one(
    db: Database,
    channels: KnownChannels,
    known: Known,
    event: InboundEvent,
    seconds: float,
    fresh: bool,
) -> Outcome:
    try:
        async with asyncio.timeout(seconds):
            return await apply(db, channels, known, event, fresh=fresh)
    except (*BUSY, Unavailable, TimeoutError) as busy:
        # Or the database is away: who then keeps the body finds out.
        log.info("webhook_waits", kind=type(event).__name__, error=type(busy).__name__)
        return Waits(_LOCKED, threads_of(event), lasting=True)
    except Exception as bug:  # noqa: BLE001 - its words go to a person, its body stays
        log.exception("webhook_event_raised", kind=type(event).__name__)
        return Strange(f"applying {type(event).__name__} raised {type(bug).__name__}")
