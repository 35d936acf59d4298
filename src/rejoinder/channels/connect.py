"""Channels are made and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from rejoinder.bots import store
from rejoinder.bots.model import Channel, ChannelSettings
from rejoinder.channels.rest.address import check_url
from rejoinder.channels.rest.secret import SigningSecret, check_secret, new_secret
from rejoinder.db import BUSY, Database, Tx, new_id
from rejoinder.errors import Conflict, Invalid, NotFound, Unavailable
from rejoinder.secrets.vault import Vault
from rejoinder.workspaces import store as workspaces


@dataclass(frozen=True, slots=True)
class Connected:
    """A channel as it is now; `signing_secret` where one was made or given: it is never shown again."""

    channel: Channel
    signing_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What shall be different; None leaves a thing as it is."""

    name: str | None = None
    bot_id: UUID | None = None
    settings: ChannelSettings | None = None


async def connect_rest(
    db: Database,
    vault: Vault,
    workspace_id: UUID,
    *,
    name: str,
    bot_id: UUID | None,
    settings: ChannelSettings,
    signing_secret: str | None,
) -> Connected:
    """Make a REST channel; without a bot the workspace's first one answers. Raises Invalid or Conflict."""
    secret = check_secret(signing_secret) if signing_secret is not None else new_secret()
    async with _changing(db, workspace_id, name) as tx:
        channel = Channel(
            channel_id=new_id(),
            bot_id=await _bot(tx, bot_id),
            platform="rest",
            name=name,
            settings=await _checked(tx, settings),
            credentials=SigningSecret(secret).seal(vault),
            created_at=datetime.now(UTC),
        )
        await store.add_channel(tx, channel)
    return Connected(channel, secret)


async def change(
    db: Database, vault: Vault, workspace_id: UUID, channel_id: UUID, wanted: Change
) -> Connected:
    """Change a channel; every process knows within 5 s. Raises NotFound, Invalid or Conflict."""
    async with _changing(db, workspace_id, wanted.name) as tx:
        before = await _to_change(tx, channel_id)
        if wanted.settings is not None and before.platform != "rest":
            raise Invalid(
                f"A channel of the platform {before.platform!r} has no callback.",
                mend="Give `settings` to REST channels only.",
                where="settings",
            )
        settings = await _checked(tx, wanted.settings) if wanted.settings else before.settings
        made = new_secret() if settings.callback_url and before.credentials is None else None
        channel = replace(
            before,
            name=wanted.name or before.name,
            bot_id=await _bot(tx, wanted.bot_id) if wanted.bot_id else before.bot_id,
            settings=settings,
            credentials=SigningSecret(made).seal(vault) if made else before.credentials,
        )
        await store.change_channel(tx, channel)
    return Connected(channel, made)


async def replace_secret(
    db: Database, vault: Vault, workspace_id: UUID, channel_id: UUID, given: str | None
) -> tuple[str, SigningSecret]:
    """Sign with `given` or a new secret from now on, for a day with those before it too. Raises NotFound or Invalid."""
    new = check_secret(given) if given is not None else new_secret()
    async with _changing(db, workspace_id, None) as tx:
        before = await _to_change(tx, channel_id)
        if before.platform != "rest":
            raise Invalid(
                f"A channel of the platform {before.platform!r} signs nothing.",
                mend="Only REST channels have a signing secret.",
            )
        if before.credentials is None:
            secret = SigningSecret(new)
        else:
            present = SigningSecret.unseal(before.credentials, vault)
            secret = present.replaced(new, datetime.now(UTC))
        await store.change_channel(tx, replace(before, credentials=secret.seal(vault)))
    return new, secret


@asynccontextmanager
async def _changing(db: Database, workspace_id: UUID, name: str | None) -> AsyncIterator[Tx]:
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
    except asyncpg.UniqueViolationError:
        raise Conflict(
            f"This workspace has a channel {name!r} already.",
            mend="Choose another name, or change that channel: GET /api/v1/channels lists them.",
            where="name",
            code="channel_exists",
        ) from None


async def _to_change(tx: Tx, channel_id: UUID) -> Channel:
    found = await store.channel_to_change(tx, channel_id)
    if found is None:
        raise no_channel(channel_id)
    return found


def no_channel(channel_id: UUID) -> NotFound:
    """The error for an id that is no channel's here."""
    return NotFound(
        f"This workspace has no channel {channel_id}.", mend="GET /api/v1/channels lists them."
    )


async def _bot(tx: Tx, wanted: UUID | None) -> UUID:
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


async def _checked(tx: Tx, settings: ChannelSettings) -> ChannelSettings:
    if settings.callback_url is not None:
        allowed = await workspaces.allows_private_networks(tx)
        check_url(settings.callback_url, allow_private=allowed)
    return settings
