"""The sample workspace: a demo shop with a bot, its knowledge, a REST channel, the chat page's and Pancake's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from uuid import UUID

import asyncpg

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.channels.pancake.token import seal, unseal
from rejoinder.db import Database, Tx, new_id
from rejoinder.errors import Setup
from rejoinder.knowledge.importing.model import Material, Prepared
from rejoinder.knowledge.ingest import prepare, put
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.workspaces import store as workspaces

SLUG = "demo"

_ADD_ONCE = 5_261_891_202  # advisory lock: two servers started together add one sample


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server needs to know of the sample workspace."""

    workspace_id: UUID
    widget: Channel
    bot: Bot


@dataclass(frozen=True, slots=True)
class Pancake:
    """What the environment says of the Pancake channel, and the vault for its token."""

    vault: Vault
    base_url: str | None
    access_token: str | None

    @classmethod
    def of(cls, settings: Settings, vault: Vault) -> Pancake:
        """From PANCAKE_BASE_URL and PANCAKE_ACCESS_TOKEN."""
        token = settings.pancake_access_token
        return cls(
            vault,
            settings.pancake_base_url,
            token.get_secret_value() if token is not None else None,
        )

    def sealed(self, before: bytes | None) -> bytes | None:
        """The token as it is stored: as before, if it is the same."""
        if self.access_token is None:
            return None
        try:
            if before is not None and unseal(before, self.vault) == self.access_token:
                return before
        except Setup:  # sealed with a key that is gone: the environment has it anyway
            pass
        return seal(self.access_token, self.vault)


async def sample(db: Database, pancake: Pancake | None = None) -> Sample:
    """The sample workspace, added if this database has none.

    Its Pancake channel, added where it is missing, follows the environment if it is told what that says.
    """
    workspace_id, documents = new_id(), list[Prepared]()
    async with db.maintenance() as maintenance:
        found = await workspaces.by_slug(maintenance, SLUG)
    if found is None:  # segmenting takes a tenth of a second of CPU: not in the transaction
        documents = await asyncio.to_thread(_documents, workspace_id)
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        await workspaces.lock(maintenance, _ADD_ONCE)
        found = await workspaces.by_slug(maintenance, SLUG)
        if found is None:
            await workspaces.add(
                maintenance,
                workspace_id,
                SLUG,
                "Morning Heron Coffee (demo)",
                allow_private_networks=True,  # who tries it out has a receiver on the same machine
            )
            await _fill(Tx(maintenance.connection, workspace_id), documents)
        else:
            workspace_id = found.workspace_id
        await _pancake(Tx(maintenance.connection, workspace_id), pancake)
    async with db.read(workspace_id) as read:
        widget = await bots.first_channel(read, "widget")
        bot = await bots.bot_of(read, widget.bot_id) if widget else None
    if widget is None or bot is None:
        raise Setup(
            "The workspace `demo` has lost its chat channel or its bot.",
            mend="Restore a backup, or start with a new REJOINDER_DATA.",
            code="sample_broken",
        )
    return Sample(workspace_id, widget, bot)


def _documents(workspace_id: UUID) -> list[Prepared]:
    files = sorted(
        resources.files("rejoinder.knowledge.demo").iterdir(), key=lambda file: file.name
    )
    bodies = {
        file.name: file.read_text(encoding="utf-8") for file in files if file.name.endswith(".md")
    }
    return [
        prepare(
            workspace_id,
            Material(body.partition("\n")[0].lstrip("# ").strip(), body, f"demo/{name}"),
        )
        for name, body in bodies.items()
    ]


async def _fill(tx: Tx, documents: Sequence[Prepared]) -> None:
    bot = Bot(
        bot_id=new_id(),
        name=BOT_NAME,
        persona=PERSONA,
        fallback_text=FALLBACK,
    )
    await bots.add_bot(tx, bot)
    await bots.add_channel(tx, Channel(new_id(), bot.bot_id, "rest", "REST"))
    await bots.add_channel(tx, Channel(new_id(), bot.bot_id, "widget", "Chat page"))
    for document in documents:
        await put(tx, document)


async def _pancake(tx: Tx, wanted: Pancake | None) -> None:
    channel = await bots.first_channel(tx, "pancake")
    if channel is None:
        bot_id = await bots.first_bot(tx)
        if bot_id is None:
            return
        channel = Channel(new_id(), bot_id, "pancake", "Pancake")
        try:
            async with tx.connection.transaction():
                await bots.add_channel(tx, channel)
        except asyncpg.UniqueViolationError:  # someone's own channel has that name
            channel = replace(channel, name=f"Pancake {channel.channel_id}")
            await bots.add_channel(tx, channel)
    if wanted is None:
        return
    if wanted.access_token is not None:
        await bots.sealing(tx)
    follows = replace(
        channel,
        settings=ChannelSettings(base_url=wanted.base_url),
        credentials=wanted.sealed(channel.credentials),
    )
    if follows != channel:
        await bots.change_channel(tx, follows)


BOT_NAME = "Nok"
PERSONA = (
    "You are the friendly, plain-spoken assistant of Morning Heron Coffee, a small shop in Bangkok that sells "
    "beans and home-coffee gear, in the shop and online."
)
FALLBACK = (
    "I'm sorry, I can't answer right now. "
    "I have passed your message to a person of our team, who will reply here."
)
