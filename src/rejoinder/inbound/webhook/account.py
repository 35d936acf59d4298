"""What a platform says of an account, or of a customer who wrote nothing."""

from __future__ import annotations

from rejoinder.channels.port.event import Noted, Trouble
from rejoinder.conversations.contacts import store as contacts
from rejoinder.db import Database
from rejoinder.inbound.webhook import store
from rejoinder.inbound.webhook.known import Known
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import TROUBLES


async def troubled(db: Database, known: Known, trouble: Trouble, *, fresh: bool) -> None:
    """An error of the account's: logged and counted; one of its credentials pauses the channel, unless it is old."""
    platform, channel_id = known.channel.platform, known.channel.channel_id
    TROUBLES.labels(platform, trouble.failure).inc()
    log.warning(
        "platform_trouble",
        platform=platform,
        channel_id=str(channel_id),
        failure=trouble.failure,
        error=trouble.error,
    )
    if trouble.failure != "credential" or not fresh:
        return
    async with db.transaction(known.workspace_id) as tx:
        if await store.pause(tx, channel_id, trouble.error):
            log.error("channel_paused", channel_id=str(channel_id), reason=trouble.error)


async def noted(db: Database, known: Known, event: Noted) -> None:
    """Nothing is asked for: the channel's log has the whole request, this log a line. Who blocks us is remembered."""
    if event.sender is not None and event.unreachable is not None:
        await contacts.reachable(
            db,
            known.workspace_id,
            known.channel.channel_id,
            event.sender.identities,
            can=not event.unreachable,
        )
    log.info(
        "platform_noted",
        channel_id=str(known.channel.channel_id),
        what=event.what,
        unreachable=event.unreachable,
    )
