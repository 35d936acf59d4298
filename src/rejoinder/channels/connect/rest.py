"""REST channels, and their signing secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots import store
from rejoinder.bots.model import Channel, ChannelSettings
from rejoinder.channels.connect.given import Problem, refuse
from rejoinder.channels.connect.locked import bot_for, changing, to_change
from rejoinder.channels.connect.model import Change, Connected, Wanted
from rejoinder.channels.connect.settings import rest as read_settings
from rejoinder.channels.rest.address import check_url
from rejoinder.channels.rest.secret import SigningSecret, check_secret, new_secret
from rejoinder.db import Database, Tx, new_id
from rejoinder.errors import Invalid
from rejoinder.secrets.vault import Vault
from rejoinder.workspaces import store as workspaces


async def make_rest(db: Database, vault: Vault, workspace_id: UUID, wanted: Wanted) -> Connected:
    """Make a REST channel from what a caller gave. Raises Invalid or Conflict."""
    settings, problems = read_settings(wanted.settings)
    secret, odd = _secret_in(wanted.credentials)
    refuse([*problems, *odd])
    return await connect_rest(
        db,
        vault,
        workspace_id,
        name=wanted.name,
        bot_id=wanted.bot_id,
        settings=settings,
        signing_secret=secret,
    )


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
    async with changing(db, workspace_id, name) as tx:
        channel = Channel(
            channel_id=new_id(),
            bot_id=await bot_for(tx, bot_id),
            platform="rest",
            name=name,
            settings=await _checked(tx, settings),
            credentials=SigningSecret(secret).seal(vault),
            created_at=datetime.now(UTC),
        )
        await store.add_channel(tx, channel)
    return Connected(channel, secret)


async def change_posted(
    db: Database, vault: Vault, workspace_id: UUID, channel_id: UUID, wanted: Change
) -> Connected:
    """Change a channel that is no chat platform's: REST, the chat page, Pancake. Raises NotFound, Invalid, Conflict."""
    settings, problems = (None, list[Problem]())
    if wanted.settings is not None:
        settings, problems = read_settings(wanted.settings)
    async with changing(db, workspace_id, wanted.name) as tx:
        before = await to_change(tx, channel_id)
        _refuse_what_it_has_not(before, wanted)
        refuse(problems)
        after = await _checked(tx, settings) if settings else before.settings
        made = new_secret() if after.callback_url and before.credentials is None else None
        channel = replace(
            before,
            name=wanted.name or before.name,
            bot_id=await bot_for(tx, wanted.bot_id) if wanted.bot_id else before.bot_id,
            settings=after,
            credentials=SigningSecret(made).seal(vault) if made else before.credentials,
        )
        await store.change_channel(tx, channel)
    return Connected(channel, made)


async def replace_secret(
    db: Database, vault: Vault, workspace_id: UUID, channel_id: UUID, given: str | None
) -> tuple[str, SigningSecret]:
    """Sign with `given` or a new secret from now on, for a day with those before it too. Raises NotFound or Invalid."""
    new = check_secret(given) if given is not None else new_secret()
    async with changing(db, workspace_id, None) as tx:
        before = await to_change(tx, channel_id)
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


def _refuse_what_it_has_not(before: Channel, wanted: Change) -> None:
    if wanted.settings is not None and before.platform != "rest":
        raise Invalid(
            f"A channel of the platform {before.platform!r} has no callback.",
            mend="Give `settings` to REST channels and to those of chat platforms only.",
            where="settings",
        )
    if wanted.credentials is not None:
        raise Invalid(
            f"The credentials of a channel of the platform {before.platform!r} are not changed here.",
            mend="POST /api/v1/channels/{id}/signing-secret replaces a REST channel's.",
            where="credentials",
        )


def _secret_in(credentials: Mapping[str, JsonValue]) -> tuple[str | None, list[Problem]]:
    where = "credentials.signing_secret"
    problems = [
        Problem(f"credentials.{name}"[:100], "is not known; there is signing_secret")
        for name in sorted(credentials.keys() - {"signing_secret"})
    ]
    secret = credentials.get("signing_secret")
    if secret is None or isinstance(secret, str):
        return secret, problems
    return None, [*problems, Problem(where, "must be a text")]


async def _checked(tx: Tx, settings: ChannelSettings) -> ChannelSettings:
    if settings.callback_url is not None:
        allowed = await workspaces.allows_private_networks(tx)
        check_url(settings.callback_url, allow_private=allowed)
    return settings
