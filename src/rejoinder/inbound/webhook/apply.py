"""One event of a webhook, in a transaction of its own. Applying it again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from rejoinder.channels.port.event import (
    Echoed,
    Edited,
    InboundEvent,
    Moved,
    Noted,
    Odd,
    Renamed,
    Reported,
    Said,
    TakenBack,
    Trouble,
)
from rejoinder.conversations import store as records
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.contacts.rename import move, rename
from rejoinder.db import Database
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.edit import delete, edit
from rejoinder.inbound.receive import receive
from rejoinder.inbound.webhook.account import noted, troubled
from rejoinder.inbound.webhook.known import Known, KnownChannels
from rejoinder.inbound.webhook.outcome import DONE, Outcome, Strange, Waits
from rejoinder.inbound.webhook.said import is_heard, message_of, message_of_app
from rejoinder.outbound.told.echo import echo
from rejoinder.outbound.told.report import report
from rejoinder.telemetry.logs import log

_TRIES = 20
"""Who loses a race for a new contact begins again at once: its winner is through. The caller limits the time."""


async def apply(
    db: Database, channels: KnownChannels, known: Known, event: InboundEvent, *, fresh: bool
) -> Outcome:
    """Apply one event to the channel of its account; `fresh` when it has only just come.

    Raises Unavailable and what BUSY names when its conversation is locked, or the database away.
    """
    own = known.channel.account
    if event.account is not None and own is not None and event.account != own:
        other = await channels.of_account(known, event.account)
        if other is None:
            return Strange(f"there is no channel for the account {event.account}")
        known = other
    return await _apply(db, known, event, fresh)


async def _apply(db: Database, known: Known, event: InboundEvent, fresh: bool) -> Outcome:
    workspace_id, channel_id = known.workspace_id, known.channel.channel_id
    match event:
        case Said():
            incoming = message_of(known, event)
            if incoming is not None:
                await receive(db, workspace_id, incoming, _TRIES)
        case Edited() | TakenBack():
            return await _change(db, known, event)
        case Reported():
            await report(db, workspace_id, channel_id, event)
        case Echoed():
            return await _echoed(db, known, event)
        case Renamed():
            await rename(db, workspace_id, channel_id, event.before, event.now)
        case Moved():
            await move(db, workspace_id, channel_id, event.thread, event.to)
        case Noted():
            await noted(db, known, event)
        case Trouble():
            await troubled(db, known, event, fresh=fresh)
        case Odd():
            return Strange(event.why)
    return DONE


async def _change(db: Database, known: Known, event: Edited | TakenBack) -> Outcome:
    if not is_heard(known.channel.settings.groups, event.source):
        return DONE
    message_id = await _message(db, known, event.external_id)
    if message_id is None:
        return Waits(f"the message {event.external_id}, which it changes, is not there")
    try:
        if isinstance(event, Edited):
            await edit(db, known.workspace_id, message_id, event.text, at=event.at, closed_too=True)
        else:
            await delete(db, known.workspace_id, message_id, closed_too=True)
    except (Conflict, NotFound) as settled:
        # It was taken back meanwhile, went with its conversation, or is not a customer's: nothing is left to change.
        log.info("webhook_changes_nothing", error=settled.detail)
    return DONE


async def _message(db: Database, known: Known, external_id: str) -> UUID | None:
    async with db.read(known.workspace_id) as read:
        found = await records.duplicate(read, known.channel.channel_id, external_id)
    return found.message_id if found else None


async def _echoed(db: Database, known: Known, event: Echoed) -> Outcome:
    channel_id, names = known.channel.channel_id, event.recipient.identities
    async with db.read(known.workspace_id) as read:
        found = await contacts.find(read, channel_id, names) if names else []
    if found and found[0].thread_key:  # it may bear another of the customer's names
        event = replace(event, thread=found[0].thread_key)
    whose = await echo(db, known.workspace_id, channel_id, event)
    if whose == "waits":
        return Waits(f"the message {event.platform_id} may be one of ours that is being sent")
    if whose == "stranger":
        await receive(db, known.workspace_id, message_of_app(known, event), _TRIES)
    return DONE
