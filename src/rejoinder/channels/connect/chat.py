"""Accounts of chat platforms are connected, changed and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots import store
from rejoinder.bots.model import Channel, ChannelSettings
from rejoinder.channels.connect import ask
from rejoinder.channels.connect.given import make, read, refuse
from rejoinder.channels.connect.locked import bot_for, changing, find, to_change
from rejoinder.channels.connect.model import Change, Connected, Tools, Wanted
from rejoinder.channels.connect.settings import chat as read_settings
from rejoinder.channels.connect.webhook import webhook_url
from rejoinder.channels.port.account import opened, sealed
from rejoinder.channels.port.adapter import Account, Checked, Platform
from rejoinder.channels.rest.address import check_url
from rejoinder.db import new_id
from rejoinder.errors import Conflict, Setup
from rejoinder.workspaces import store as workspaces

UNCHECKED = "The credentials were not checked with the platform."


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was given, read and found good."""

    settings: ChannelSettings
    credentials: dict[str, str]
    made: dict[str, str]
    allow_private: bool

    def account(self, channel_id: UUID, known_as: str | None = None) -> Account:
        """The account as the platform's adapter takes it."""
        return Account(
            channel_id=channel_id,
            settings=self.settings.stored(),
            credentials=self.credentials,
            allow_private_networks=self.allow_private,
            account=known_as,
        )


async def connect_chat(
    tools: Tools, workspace_id: UUID, adapter: Platform, wanted: Wanted, *, verify: bool = True
) -> Connected:
    """Connect an account: checked with its platform unless not to `verify`, sealed, stored, its webhook announced.

    Raises Invalid for what is missing, unknown or refused by the platform, Conflict for an account or a name that is
    there already, Unavailable when the platform is away.
    """
    reading = await _read(tools, workspace_id, adapter, wanted.credentials, wanted.settings)
    channel_id = new_id()
    checked = await ask.check(adapter, reading.account(channel_id), tools.out) if verify else None
    account = checked.account if checked else None
    async with changing(tools.db, workspace_id, wanted.name, (adapter.name, account)) as tx:
        channel = Channel(
            channel_id=channel_id,
            bot_id=await bot_for(tx, wanted.bot_id),
            platform=adapter.name,
            name=wanted.name,
            settings=_informed(reading.settings, checked),
            credentials=sealed(reading.credentials, tools.vault),
            created_at=datetime.now(UTC),
            account=account,
        )
        await store.add_channel(tx, channel)
    connected = Connected(channel, made=reading.made, checked=checked)
    return await _announced(tools, adapter, reading, connected)


async def change_chat(
    tools: Tools,
    workspace_id: UUID,
    adapter: Platform,
    before: Channel,
    wanted: Change,
    *,
    verify: bool = True,
) -> Connected:
    """Change a channel; the platform is asked again where credentials or its own settings are given.

    Raises as `connect_chat`, and Conflict when the credentials are another account's.
    """
    if wanted.credentials is None and wanted.settings is None:
        return await _stored(tools, workspace_id, before, before, wanted, None)
    present = await _credentials(tools, before)
    given: dict[str, JsonValue] = {**present, **(wanted.credentials or {})}
    settings = before.settings.stored() if wanted.settings is None else wanted.settings
    reading = await _read(tools, workspace_id, adapter, given, settings)
    asked = reading.credentials != present or _asked_with(reading.settings) != _asked_with(
        before.settings
    )
    checked = None
    if asked and verify:
        account = reading.account(before.channel_id, before.account)
        checked = await ask.check(adapter, account, tools.out)
        _refuse_another(adapter, before, checked)
    after = replace(
        before,
        settings=_informed(reading.settings, checked),
        credentials=sealed(reading.credentials, tools.vault) if asked else before.credentials,
        account=checked.account if checked else before.account,
    )
    changed = await _stored(tools, workspace_id, before, after, wanted, checked)
    if not asked:
        return changed
    return await _announced(tools, adapter, reading, replace(changed, made=reading.made))


async def check_chat(
    tools: Tools, workspace_id: UUID, adapter: Platform, before: Channel, *, announce: bool
) -> Connected:
    """Ask the platform about a stored channel again, and tell it our webhook's address if it shall be told.

    Raises as `connect_chat`, and Setup when no key opens the credentials.
    """
    async with tools.db.read(workspace_id) as read_only:
        allow_private = await workspaces.allows_private_networks(read_only)
    account = opened(
        tools.vault,
        before.channel_id,
        before.settings.stored(),
        before.credentials,
        allow_private_networks=allow_private,
        account=before.account,
    )
    reading = _Reading(before.settings, dict(account.credentials), {}, allow_private)
    checked = await ask.check(adapter, account, tools.out)
    _refuse_another(adapter, before, checked)
    settings = _informed(before.settings, checked)
    after = replace(before, account=checked.account, settings=settings)
    connected = Connected(before, checked=checked)
    if after != before:
        connected = await _stored(tools, workspace_id, before, after, Change(), checked)
    return await _announced(tools, adapter, reading, connected) if announce else connected


async def _read(
    tools: Tools,
    workspace_id: UUID,
    adapter: Platform,
    credentials: Mapping[str, JsonValue],
    settings: Mapping[str, JsonValue],
) -> _Reading:
    texts = read(adapter.credentials, credentials, "credentials")
    common, problems = read_settings(adapter.settings, settings)
    refuse([*texts.problems, *problems])
    async with tools.db.read(workspace_id) as read_only:
        allow_private = await workspaces.allows_private_networks(read_only)
    addresses = {name: url for name, url in common.own.items() if name.endswith("_url")}
    for name, url in {"base_url": common.base_url, **addresses}.items():
        if isinstance(url, str):
            where = f"settings.{name}"
            check_url(url, allow_private=allow_private, where=where, whose=f"The address {name}")
    made = make(adapter.credentials, texts.texts)
    return _Reading(common, texts.texts | made, made, allow_private)


async def _credentials(tools: Tools, channel: Channel) -> dict[str, str]:
    """Those it has; none when no key opens them, so that all can be given anew."""
    try:
        account = opened(
            tools.vault,
            channel.channel_id,
            {},
            channel.credentials,
            allow_private_networks=False,
            account=None,
        )
    except Setup:
        return {}
    return dict(account.credentials)


async def _stored(
    tools: Tools,
    workspace_id: UUID,
    before: Channel,
    after: Channel,
    wanted: Change,
    checked: Checked | None,
) -> Connected:
    name = wanted.name or before.name
    async with changing(tools.db, workspace_id, name, (after.platform, after.account)) as tx:
        now = await to_change(tx, before.channel_id)
        if (now.settings, now.credentials) != (before.settings, before.credentials):
            raise Conflict(
                "This channel was changed by someone else meanwhile.",
                mend="Look at it, then send the request again.",
                code="changed_meanwhile",
            )
        bot_id = await bot_for(tx, wanted.bot_id) if wanted.bot_id else now.bot_id
        await store.change_channel(tx, replace(after, name=name, bot_id=bot_id))
        stored = await find(tx, before.channel_id)
    return Connected(stored, checked=checked)


async def _announced(
    tools: Tools, adapter: Platform, reading: _Reading, connected: Connected
) -> Connected:
    warnings = [] if connected.checked else [UNCHECKED]
    announced, channel = False, connected.channel
    if tools.public_url is None:
        warnings.append(
            "Nobody has said where platforms reach this program: set REJOINDER_PUBLIC_URL to its public https address."
        )
    else:
        url = webhook_url(tools.public_url, channel.platform, channel.channel_id)
        account = reading.account(channel.channel_id, channel.account)
        announced, refused = await ask.announce(adapter, account, url or "", tools.out)
        if refused:
            warnings.append(refused)
    return replace(connected, announced=announced, warnings=tuple(warnings))


def _informed(settings: ChannelSettings, checked: Checked | None) -> ChannelSettings:
    """With what the platform knows of the account; what the operator has set stands."""
    if checked is None:
        return settings
    return replace(settings, own={**checked.learned, **settings.own})


def _asked_with(settings: ChannelSettings) -> tuple[str | None, dict[str, JsonValue]]:
    return settings.base_url, settings.own


def _refuse_another(adapter: Platform, channel: Channel, checked: Checked) -> None:
    if channel.account is not None and channel.account != checked.account:
        raise Conflict(
            f"These credentials are those of {adapter.title}'s account {checked.account}; this channel is the account "
            f"{channel.account}, and its conversations are that one's.",
            mend="Make a channel of its own for the other account.",
            where="credentials",
            code="another_account",
        )
