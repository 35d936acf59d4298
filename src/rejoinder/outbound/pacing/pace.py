"""How fast may be sent: per channel and per customer, in all processes together.

It is waited for before a delivery is claimed, so that none counts as being sent while it only waits. Platforms without
limits cost nothing here, others two short statements a message, and fewer under load.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.registry import platform
from rejoinder.db import Database
from rejoinder.outbound import store
from rejoinder.outbound.alarm import job
from rejoinder.outbound.pacing.gate import Gate, Sleep
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.state import reserve, room

FAST = 500.0
"""An account that may send more a second is not paced: no worker comes near that, and its platform would say so."""

_CHUNK_S = 0.1
"""What is reserved at once: so far a process may get ahead of others, and so late a reply notices bulk before it."""

_STAND_S = 3.0
"""Who waits longer for their customer's pause gives up the place and is woken by a job."""


def rate_of(limits: Limits) -> float | None:
    """Messages a second of one channel; None where that is no matter.

    Where messages in count too, half is left for those out: a reply answers at least one.
    """
    if limits.per_second is None or limits.per_second >= FAST:
        return None
    return limits.per_second / 2 if limits.inbound_counts else limits.per_second


class Pacing:
    """The pace of all channels of this process."""

    def __init__(self, db: Database, sleep: Sleep = asyncio.sleep) -> None:
        self._db = db
        self._sleep = sleep
        self._gates: dict[UUID, Gate] = {}
        self._standing: set[UUID] = set()

    async def admit(self, workspace_id: UUID, conversation_id: UUID, platform_name: str) -> bool:
        """Wait until the conversation's next message may leave.

        False when that takes long, and a job will say so, or when another waits for the same conversation here.
        """
        adapter = platform(platform_name)
        if adapter is None:
            return True
        limits, rate = adapter.limits, rate_of(adapter.limits)
        if rate is None and limits.recipient_seconds is None:
            return True
        if conversation_id in self._standing:  # the sweep takes who waits for long for forgotten
            return False
        self._standing.add(conversation_id)
        try:
            return await self._wait(workspace_id, conversation_id, platform_name, limits, rate)
        finally:
            self._standing.discard(conversation_id)

    async def close(self) -> None:
        """Nobody waits any more: what they wanted to send stays queued."""
        gates, self._gates = list(self._gates.values()), {}
        await asyncio.gather(*(gate.close() for gate in gates))

    async def _wait(
        self,
        workspace_id: UUID,
        conversation_id: UUID,
        platform_name: str,
        limits: Limits,
        rate: float | None,
    ) -> bool:
        async with self._db.read(workspace_id) as read:
            head = await store.head(read, conversation_id)
        if head is None:  # nothing is due: no place is taken
            return True
        delivery_id, channel_id, priority = head
        wait = await self._recipient(workspace_id, channel_id, conversation_id, limits)
        if wait is not None:
            delay = timedelta(seconds=wait)
            later = job(workspace_id, conversation_id, platform_name, delay, priority)
            async with self._db.transaction(workspace_id) as tx:
                await store.postpone(tx, delivery_id, delay)
                await enqueue_alone(tx, [later])
            return False
        if rate is not None:
            await self._channel(workspace_id, channel_id, rate, priority)
        return True

    async def _recipient(
        self, workspace_id: UUID, channel_id: UUID, conversation_id: UUID, limits: Limits
    ) -> float | None:
        """None once the customer may be written to; else the seconds until then, if they are many."""
        if limits.recipient_seconds is None:
            return None
        key = f"send {channel_id} {conversation_id}"
        while True:
            async with self._db.read(workspace_id) as read:
                wait = await room(
                    read, key, seconds=limits.recipient_seconds, at_once=limits.recipient_burst
                )
            if wait is None or wait > _STAND_S:
                return wait
            await self._sleep(wait)

    async def _channel(
        self, workspace_id: UUID, channel_id: UUID, rate: float, priority: int
    ) -> None:
        gate = self._gates.get(channel_id)
        if gate is None:
            self._forget()

            async def take(uses: int) -> float:
                async with self._db.read(workspace_id) as read:
                    return await reserve(read, f"send {channel_id}", uses=uses, per_second=rate)

            gate = Gate(take, int(rate * _CHUNK_S), self._sleep)
            self._gates[channel_id] = gate
        await gate.enter(priority)

    def _forget(self) -> None:
        if len(self._gates) >= 1000:
            self._gates = {key: gate for key, gate in self._gates.items() if not gate.idle}
