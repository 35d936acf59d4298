"""A channel is taken away, with its conversations."""

from __future__ import annotations

from uuid import UUID

from rejoinder.channels.connect import store
from rejoinder.channels.connect.locked import find, to_change
from rejoinder.db import Database, retry_busy
from rejoinder.errors import Conflict, Invalid
from rejoinder.turns.hands.close import close

_AT_ONCE = 20  # conversations a statement: each takes all its messages, turns and events along
_ROUNDS = 5  # customers may write while it goes on
_OURS = ("widget", "pancake")


async def remove(
    db: Database, workspace_id: UUID, channel_id: UUID, *, force: bool, by: str
) -> int:
    """Delete the channel and all its conversations; how many that were.

    With `force` those that are open are closed first. Raises NotFound, Invalid for the chat page's and Pancake's own,
    and Conflict when some are open and nobody forces it, or customers keep opening new ones. A conversation that was
    deleted before such a Conflict stays deleted; it was closed.
    """
    async with db.read(workspace_id) as read:
        channel = await find(read, channel_id)
        still = await store.count_open(read, channel_id)
    if channel.platform in _OURS:
        raise Invalid(
            f"The channel {channel.name!r} ({channel.platform}) belongs to this installation.",
            mend="Only REST channels and those of chat platforms are taken away.",
        )
    if still and not force:
        raise _open(channel.name, still)
    gone = 0
    for _ in range(_ROUNDS):
        if force:
            await _close_all(db, workspace_id, channel_id, by)
        gone += await _forget_closed(db, workspace_id, channel_id)
        still = await _forget_channel(db, workspace_id, channel_id)
        if not still:
            return gone
        if not force:
            break
    raise _open(channel.name, still)


async def _close_all(db: Database, workspace_id: UUID, channel_id: UUID, by: str) -> None:
    while True:
        async with db.read(workspace_id) as read:
            some = await store.open_conversations(read, channel_id, _AT_ONCE)
        for each in some:
            await close(db, workspace_id, each, by)
        if len(some) < _AT_ONCE:
            return


async def _forget_closed(db: Database, workspace_id: UUID, channel_id: UUID) -> int:
    async def once() -> int:
        async with db.transaction(workspace_id) as tx:
            return await store.forget_conversations(tx, channel_id, _AT_ONCE)

    gone = 0
    while some := await retry_busy(once):
        gone += some
    return gone


async def _forget_channel(db: Database, workspace_id: UUID, channel_id: UUID) -> int:
    """How many conversations were opened meanwhile; the channel is gone when there are none."""

    async def once() -> int:
        async with db.transaction(workspace_id) as tx:
            await to_change(tx, channel_id)
            still = await store.count_open(tx, channel_id)
            if not still:
                await store.forget_channel(tx, channel_id)
            return still

    return await retry_busy(once)


def _open(name: str, count: int) -> Conflict:
    what = "conversation is" if count == 1 else "conversations are"
    return Conflict(
        f"{count} {what} open in the channel {name!r}.",
        mend="Close them first, or send ?force=true: they are closed, and deleted with all their messages like those "
        "that are closed already.",
        code="conversations_open",
    )
