"""The composition root of the work: a queue's taker, a desk that answers, one session of HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rejoinder.bots.known import Bots
from rejoinder.db import Database
from rejoinder.llm.chain import Chain
from rejoinder.outbound import reconcile
from rejoinder.outbound.deliver import Send
from rejoinder.outbound.dispatch import Dispatch
from rejoinder.queue.jobs import DELIVER, TURNS
from rejoinder.queue.prune import keep_short
from rejoinder.queue.run import Taker
from rejoinder.settings import Settings
from rejoinder.turns.attempt.answer import Means
from rejoinder.turns.attempt.work import Desk

LANES = frozenset({TURNS, DELIVER})
"""What a worker may take jobs of."""

_LAST_JOBS_S = 5.0
_LAST_SENDS_S = 5.0


class Work:
    """One worker of this process, taking jobs of its lanes; whichever they are, it also rescues and sweeps."""

    def __init__(
        self,
        db: Database,
        models: Chain,
        settings: Settings,
        send: Send,
        lanes: frozenset[str] = LANES,
    ) -> None:
        self._db = db
        self.dispatch = Dispatch(db, send)
        means = Means(db, Bots(db), models, settings.model_timeout, settings.model_attempts)
        self.desk = Desk(means, self.dispatch, slots=settings.max_turns)
        takes = {TURNS: self.desk.wake, DELIVER: self.dispatch.wake}
        self.taker = Taker(db, {lane: takes[lane] for lane in sorted(lanes)})
        self._drain_seconds = settings.drain_seconds

    @property
    def ready(self) -> bool:
        """Whether turns are being taken now."""
        return self.taker.ready.is_set() and self.desk.lease.alive

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take and answer turns until left; then finish what runs within the deadline and hand the rest back."""
        async with self.desk.open():
            taking = asyncio.create_task(self.taker.run(), name="queue")
            pruning = asyncio.create_task(keep_short(self._db), name="queue-pruning")
            sweeping = asyncio.create_task(reconcile.keep(self._db), name="deliveries-sweep")
            try:
                await self.taker.ready.wait()
                yield
            finally:
                self.desk.close()
                self.taker.stop()
                await asyncio.wait([taking], timeout=_LAST_JOBS_S)
                await self.desk.drain(self._drain_seconds)
                await self.dispatch.drain(_LAST_SENDS_S)
                for task in (taking, pruning, sweeping):
                    task.cancel()
                await asyncio.wait([taking, pruning, sweeping])
