"""Which channel a webhook's address means: looked up by its id alone, and remembered for a few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cachetools import TTLCache

from rejoinder.bots import store as bots
from rejoinder.bots.model import Channel
from rejoinder.channels.port.account import opened
from rejoinder.channels.port.adapter import Account, Platform
from rejoinder.channels.registry import platform
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.inbound.webhook import store
from rejoinder.secrets.vault import Vault

REMEMBERED_S = 5.0
_REMEMBERED = 10_000
_RENEWED_S = 1.0  # who posts rubbish makes us look no more often


@dataclass(frozen=True, slots=True)
class Known:
    """A channel, its adapter, and its account with open credentials."""

    workspace_id: UUID
    channel: Channel
    adapter: Platform
    account: Account


class KnownChannels:
    """Looks channels of chat platforms up, paused ones too, and remembers them for 5 s."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault
        self._known: TTLCache[UUID, Known] = TTLCache(_REMEMBERED, REMEMBERED_S)
        self._renewed: TTLCache[UUID, bool] = TTLCache(_REMEMBERED, _RENEWED_S)

    async def find(self, name: str, channel_id: UUID) -> Known:
        """The platform's channel of that id.

        Raises NotFound, Setup for credentials that no key opens or an adapter that can't be loaded, and Unavailable.
        """
        known = self._known.get(channel_id)
        if known is None:
            known = await self._look(name, channel_id)
            self._known[channel_id] = known
        if known.channel.platform != name:
            raise _nothing(name, channel_id)
        return known

    async def renewed(self, known: Known) -> Known | None:
        """The channel as it is now, where it has other credentials than a moment ago. Raises as `find` does."""
        channel = known.channel
        if channel.channel_id not in self._renewed:
            self._renewed[channel.channel_id] = True
            self._known.pop(channel.channel_id, None)
        now = await self.find(channel.platform, channel.channel_id)
        return now if now.channel.credentials != channel.credentials else None

    async def of_account(self, known: Known, account: str) -> Known | None:
        """The channel of another account of the same workspace and platform. Raises as `find` does."""
        if known.channel.account == account:
            return known
        async with self._db.read(known.workspace_id) as read:
            found = await store.of_account(read, known.channel.platform, account)
        return None if found is None else await self.find(known.channel.platform, found)

    async def _look(self, name: str, channel_id: UUID) -> Known:
        async with self._db.maintenance() as maintenance:
            whose = await store.whose(maintenance, channel_id, name)
        if whose is None:
            raise _nothing(name, channel_id)
        workspace_id, allow_private = whose
        async with self._db.read(workspace_id) as read:
            channel = await bots.channel(read, channel_id)
        adapter = platform(name)
        if channel is None or adapter is None:
            raise _nothing(name, channel_id)
        account = opened(
            self._vault,
            channel_id,
            channel.settings.stored(),
            channel.credentials,
            allow_private_networks=allow_private,
            account=channel.account,
        )
        return Known(workspace_id, channel, adapter, account)


def _nothing(name: str, channel_id: UUID) -> NotFound:
    return NotFound(
        f"There is no channel {channel_id} of the platform {name[:40]!r}.",
        mend="GET /api/v1/channels lists them, with the address of each one's webhook.",
    )
