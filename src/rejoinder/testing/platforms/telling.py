"""The platform tells what became of the messages it showed: receipts and echoes, on time or not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from rejoinder.channels.port.adapter import Capabilities
from rejoinder.channels.port.simulated import Shown, Simulated, Webhook
from rejoinder.testing.platforms.faults import Faults
from rejoinder.testing.platforms.webhooks import Webhooks

Status: TypeAlias = Literal["sent", "delivered", "read", "failed"]

_ALL_IS_WELL: tuple[Status, ...] = ("sent", "delivered", "read")


class Telling:
    """Posts what the platform has to tell, once it knows where; `receipts` counts them by status."""

    def __init__(self, played: Simulated, can: Capabilities, faults: Faults) -> None:
        self.webhooks: Webhooks | None = None
        self.receipts = Counter[str]()
        self.echoes = 0
        self._played = played
        self._can = can
        self._faults = faults
        self._under_way = set[asyncio.Task[None]]()

    async def before_the_answer(self, shown: Shown) -> None:
        """What comes before the request that brought the message is answered."""
        if self._can.echoes and self._faults.tells("echo-early", shown.platform_id):
            await self._echo(shown)
        if self._can.receipts and self._faults.tells("receipt-early", shown.platform_id):
            await self._report(shown)

    def after_the_answer(self, shown: Shown) -> None:
        """What comes afterwards; it is on its way when this returns."""
        self._start(self._afterwards(shown), f"receipts of {shown.platform_id}")

    async def person(self, shown: Shown) -> bool:
        """A person wrote this in the platform's own app; whether the platform tells such a thing."""
        return await self._echo(shown)

    async def post(self, webhook: Webhook, about: str) -> bool:
        """Post a webhook, twice if the dice say so; whether it was acknowledged."""
        assert self.webhooks is not None, "nobody said where webhooks are posted"
        posted = await self.webhooks.post(webhook)
        if self._faults.tells("webhook-twice", about):
            await self.webhooks.post(webhook)
        return posted

    async def settled(self) -> None:
        """Wait until all is told."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def stop(self) -> None:
        """Tell nothing more."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _afterwards(self, shown: Shown) -> None:
        if self._can.echoes and self._faults.tells("echo", shown.platform_id):
            await self._echo(shown)
        if not self._can.receipts:
            return
        if self._faults.tells("receipt-late", shown.platform_id):
            await asyncio.sleep(self._faults.plan.late_seconds)
        await self._report(shown)

    async def _report(self, shown: Shown) -> None:
        if self.webhooks is None or self._faults.tells("receipt-lost", shown.platform_id):
            return
        for status in self._statuses(shown):
            webhook = self._played.report(shown, status, datetime.now(UTC))
            if webhook is not None and await self.post(webhook, f"{shown.platform_id}:{status}"):
                self.receipts[status] += 1

    def _statuses(self, shown: Shown) -> tuple[Status, ...]:
        tells, about = self._faults.tells, shown.platform_id
        told: tuple[Status, ...] = ("failed",) if tells("receipt-failed", about) else _ALL_IS_WELL
        if tells("receipt-reversed", about):
            told = told[::-1]
        if tells("receipt-twice", about):
            told = tuple(each for status in told for each in (status, status))
        return told

    async def _echo(self, shown: Shown) -> bool:
        webhook = self._played.echo(shown, datetime.now(UTC)) if self.webhooks else None
        if webhook is None or not await self.post(webhook, f"{shown.platform_id}:echo"):
            return False
        self.echoes += 1
        return True

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
