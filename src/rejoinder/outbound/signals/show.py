"""While an answer is made the customer sees that we have read, and that we write.

Nothing waits for it and nothing fails with it: it costs a look at the conversation and two requests, in the background.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from rejoinder.bots.model import ChannelSettings
from rejoinder.channels.port.account import opened
from rejoinder.channels.port.adapter import Account, Platform, Signal, What
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.registry import platform
from rejoinder.db import Database
from rejoinder.net.guard import Outward
from rejoinder.outbound.signals import store
from rejoinder.outbound.signals.store import Place
from rejoinder.secrets.vault import Vault
from rejoinder.telemetry.logs import log

_SHARE = 1 / 3
"""Of what a channel may send in a second, so much may be signs of writing: more could get messages throttled."""

_MOST = 1000
_LONGEST_S = 600.0
"""A model that takes longer than this has been given up by then."""


class Signals:
    """Shows signals for the turns of one worker."""

    def __init__(self, db: Database, out: Outward, vault: Vault) -> None:
        self._db = db
        self._out = out
        self._vault = vault
        self._typed: dict[UUID, tuple[int, int]] = {}

    @contextmanager
    def writing(self, name: str, workspace_id: UUID, conversation_id: UUID) -> Iterator[None]:
        """Show it from now on, until left, on a platform (`name`) that can."""
        adapter = platform(name)
        if adapter is None or not (adapter.capabilities.typing or adapter.capabilities.read_mark):
            yield
            return
        showing = asyncio.create_task(
            self._show(adapter, workspace_id, conversation_id), name=f"typing-{conversation_id}"
        )
        try:
            yield
        finally:
            showing.cancel()

    async def _show(self, adapter: Platform, workspace_id: UUID, conversation_id: UUID) -> None:
        try:
            async with asyncio.timeout(_LONGEST_S):
                async with self._db.read(workspace_id) as read:
                    place = await store.place(read, conversation_id)
                if place is not None:
                    await self._signal(adapter, place)
        except Exception as error:  # noqa: BLE001 - of no consequence, whatever it is
            log.info("signal_failed", platform=adapter.name, error=type(error).__name__)

    async def _signal(self, adapter: Platform, place: Place) -> None:
        account = opened(
            self._vault,
            place.channel_id,
            place.settings,
            place.credentials,
            allow_private_networks=place.allow_private_networks,
            account=place.account,
        )
        wanted, can = ChannelSettings.read(place.settings), adapter.capabilities
        if can.read_mark and wanted.mark_read:
            await self._send(adapter, account, "read", place)
        while can.typing and wanted.typing:
            if self._spares(place.channel_id, adapter.limits.per_second):
                await self._send(adapter, account, "typing", place)
            await asyncio.sleep(can.typing_seconds)

    def _spares(self, channel_id: UUID, per_second: float | None) -> bool:
        """Whether one more sign of writing takes no message its place, as far as this process knows."""
        if per_second is None:
            return True
        now = int(time.monotonic())
        if len(self._typed) > _MOST:
            self._typed = {key: each for key, each in self._typed.items() if each[0] == now}
        second, typed = self._typed.get(channel_id, (now, 0))
        typed = typed + 1 if second == now else 1
        self._typed[channel_id] = (now, typed)
        return typed <= max(1.0, per_second * _SHARE)

    async def _send(self, adapter: Platform, account: Account, what: What, place: Place) -> None:
        signal = Signal(
            what,
            place.thread_key,
            place.platform_id,
            place.read_token,
        )
        await adapter.signal(account, signal, Wire(self._out, account.allow_private_networks))
