"""A channel under lock while it is made or changed, and what stands in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from rejoinder.bots import store
from rejoinder.bots.model import Channel
from rejoinder.channels.connect import store as setting_up
from rejoinder.db import BUSY, Database, Read, Tx
from rejoinder.errors import Conflict, Invalid, NotFound, Unavailable

_ACCOUNT = "channels_account"
"""The unique index on platform, account and workspace."""


@asynccontextmanager
async def changing(
    db: Database, workspace_id: UUID, name: str | None, of: tuple[str, str | None] = ("", None)
) -> AsyncIterator[Tx]:
    """A transaction that may seal credentials; `of` is the platform and the account for the words of a conflict.

    Raises Conflict for a name or an account that another channel has, Unavailable while keys are rotated.
    """
    try:
        async with db.transaction(workspace_id) as tx:
            await store.sealing(tx)
            yield tx
    except BUSY:
        raise Unavailable(
            "This channel, or the keys that seal credentials, are being changed.",
            mend="Send the request again. Nothing was changed.",
            retry_after=5,
        ) from None
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == _ACCOUNT:
            raise await _connected_before(db, workspace_id, *of) from None
        raise Conflict(
            f"This workspace has a channel {name!r} already.",
            mend="Choose another name, or change that channel: GET /api/v1/channels lists them.",
            where="name",
            code="channel_exists",
        ) from None


async def _connected_before(
    db: Database, workspace_id: UUID, platform: str, account: str | None
) -> Conflict:
    async with db.read(workspace_id) as read:
        other = await setting_up.by_account(read, platform, account or "")
    which = f"the channel {other[1]!r} ({other[0]})" if other else "another channel"
    return Conflict(
        f"The account {account} of {platform} is connected already, as {which}.",
        mend="Change that channel instead, or give the credentials of another account.",
        where="credentials",
        code="account_connected",
    )


async def to_change(tx: Tx, channel_id: UUID) -> Channel:
    """The channel, locked until the transaction ends. Raises NotFound."""
    found = await store.channel_to_change(tx, channel_id)
    if found is None:
        raise no_channel(channel_id)
    return found


async def find(read: Read, channel_id: UUID) -> Channel:
    """The channel. Raises NotFound."""
    found = await store.channel(read, channel_id)
    if found is None:
        raise no_channel(channel_id)
    return found


def no_channel(channel_id: UUID) -> NotFound:
    """The error for an id that is no channel's here."""
    return NotFound(
        f"This workspace has no channel {channel_id}.", mend="GET /api/v1/channels lists them."
    )


async def bot_for(tx: Tx, wanted: UUID | None) -> UUID:
    """The bot that shall answer: the one wanted, or the workspace's first. Raises Invalid."""
    if wanted is None:
        found = await store.first_bot(tx)
    else:
        found = wanted if await store.bot_of(tx, wanted) else None
    if found is None:
        raise Invalid(
            f"There is no bot {wanted} in this workspace."
            if wanted
            else "This workspace has no bot.",
            mend="Leave bot_id out for the workspace's first bot."
            if wanted
            else "Make a bot first.",
            where="bot_id",
        )
    return found
