"""The worker's side of a wake-up: claim, answer in a task of its own, and book what it took.

The queue's job ends with the claim. From then on the turn's own row says who works on it, so five thousand turns may
wait for a slow model without five thousand jobs to keep alive.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Literal
from uuid import UUID

from rejoinder.db import AWAY, BUSY, retry_away, retry_busy
from rejoinder.errors import LostTurn, ModelTransient, NothingAsked, RejoinderError, Unavailable
from rejoinder.outbound.sending.dispatch import Dispatch
from rejoinder.queue.jobs import Taken, enqueue_alone
from rejoinder.queue.priority import aged
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import (
    MESSAGES,
    TURN_SECONDS,
    TURNS,
)
from rejoinder.turns import decide
from rejoinder.turns.attempt.answer import Means, answer
from rejoinder.turns.attempt.book import book, measure
from rejoinder.turns.attempt.claim import claim
from rejoinder.turns.attempt.drop import drop
from rejoinder.turns.attempt.hand_back import hand_back
from rejoinder.turns.attempt.places import Places
from rejoinder.turns.model import Claimed
from rejoinder.turns.schedule import wake
from rejoinder.turns.upkeep.lease import Lease
from rejoinder.turns.upkeep.rescue import keep
from rejoinder.usage.model import Call

_PAUSE = timedelta(seconds=1)
_PATIENCE_S = 10.0  # a restart of PostgreSQL; the lease backs it up
_FULL_S = 0.5
"""How long a wake-up waits for a place before it is passed on. The queue gives out no more than there are places, so
few ever wait."""


Writing = Callable[[str, UUID, UUID], AbstractContextManager[None]]
"""Shows the customer of (platform, workspace, conversation) that an answer is made, while it is."""


def nowhere(platform: str, workspace_id: UUID, conversation_id: UUID) -> nullcontext[None]:
    """Shows nothing."""
    return nullcontext()


class Desk:
    """Answers turns, at most `slots` at once. `wake` is the queue's handler, `writing` what the customer sees."""

    def __init__(
        self, means: Means, dispatch: Dispatch, *, slots: int, writing: Writing = nowhere
    ) -> None:
        self._means = means
        self._writing = writing
        self._dispatch = dispatch
        self._places = Places(slots)
        self._closing = asyncio.Event()
        self._hurry = asyncio.Event()
        self.lease = Lease(means.db)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Hold the worker's lock and keep up rescue and sweep until left."""
        async with self.lease.running():
            upkeep = asyncio.create_task(keep(self._means.db), name="upkeep")
            try:
                yield
            finally:
                upkeep.cancel()
                await asyncio.wait([upkeep])

    @property
    def freed(self) -> asyncio.Event:
        """Set when there is room after there was none."""
        return self._places.freed

    def room(self) -> int:
        """How many more turns it could take now."""
        return self._places.free

    async def wake(self, job: Taken) -> None:
        """Take one wake-up. Raises Invalid for a job that is none.

        One that the database's absence makes fail is gone; the sweeper wakes its turn again.
        """
        workspace_id, conversation_id = job.conversation()
        try:
            await self._take(workspace_id, conversation_id, job.priority)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("wake_up_lost", conversation_id=str(conversation_id), error=str(away))

    async def _take(self, workspace_id: UUID, conversation_id: UUID, priority: int) -> None:
        if not await self._places.take(priority, _FULL_S):
            await self._pass_on(workspace_id, conversation_id, priority)
            return
        claimed: Claimed | None = None
        try:
            claimed = await self._claim(workspace_id, conversation_id)
        finally:
            if claimed is None:
                self._places.leave()
        if claimed is not None:
            task = asyncio.create_task(self._run(claimed), name=f"turn-{claimed.turn_id}")
            task.add_done_callback(lambda _: self._places.leave())
            self.lease.hold(claimed, task)

    def close(self) -> None:
        """Claim nothing more; wake-ups that come or wait are passed on to other workers."""
        self._closing.set()
        self._places.close()

    async def drain(self, seconds: float) -> None:
        """Let the running turns finish within `seconds`; hand the rest back, each with a new wake-up."""
        self.close()
        tasks = self.lease.tasks
        if tasks:
            log.info("draining", turns=len(tasks))
            late = await self._finish(tasks, seconds)
            self.lease.cancel_all()
            if late:
                await asyncio.wait(late, timeout=5)

    def hurry(self) -> None:
        """Let `drain` hand back at once what still runs."""
        self._hurry.set()

    async def _finish(
        self, tasks: set[asyncio.Task[None]], seconds: float
    ) -> set[asyncio.Task[None]]:
        finished = asyncio.create_task(asyncio.wait(tasks))
        hurried = asyncio.create_task(self._hurry.wait())
        await asyncio.wait(
            {finished, hurried}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        finished.cancel()
        hurried.cancel()
        return {task for task in tasks if not task.done()}

    async def _claim(self, workspace_id: UUID, conversation_id: UUID) -> Claimed | None:
        worker = await self.lease.worker()
        claimed = await retry_busy(
            lambda: claim(self._means.db, workspace_id, conversation_id, worker)
        )
        if claimed is not None and (self._closing.is_set() or not self.lease.is_held_by(worker)):
            # While it was claimed the desk closed, or the session that said we live was lost.
            await self._hand_back(claimed, "returned")
            return None
        return claimed

    async def _pass_on(self, workspace_id: UUID, conversation_id: UUID, priority: int) -> None:
        """Leave the wake-up to another worker, or to this one when it has a place again."""
        if self._closing.is_set():
            job = wake(workspace_id, conversation_id, priority=priority)
        else:
            job = wake(workspace_id, conversation_id, _PAUSE, aged(priority))
        async with self._means.db.transaction(workspace_id) as tx:
            await enqueue_alone(tx, [job])

    async def _run(self, claimed: Claimed) -> None:
        calls: list[Call] = []
        with self._writing(claimed.platform, claimed.workspace_id, claimed.conversation_id):
            outcome = await self._answer(claimed, calls)
        TURNS.labels(outcome).inc()
        measure(calls)
        if calls and outcome in ("lost", "returned", "retried"):
            await book(self._means.db, claimed, calls)

    async def _answer(self, claimed: Claimed, calls: list[Call]) -> str:
        """Answer it; how the attempt ended, in the words of `turn_attempts.outcome`, or `lost` to someone else."""
        try:
            committed = await answer(self._means, claimed, calls)
        except NothingAsked:
            self.lease.let_go(claimed)
            return await self._drop(claimed)
        except LostTurn:
            self.lease.let_go(claimed)
            return "lost"
        except asyncio.CancelledError:
            self.lease.let_go(claimed)
            if self._closing.is_set() and await self._hand_back(claimed, "returned"):
                return "returned"
            return "lost"
        except (ModelTransient, *BUSY, Unavailable) as failed:
            return await self._retry(claimed, failed)
        except Exception as raised:  # noqa: BLE001 - logged; the turn is tried again, then given up aloud
            log.exception("turn_raised", turn_id=str(claimed.turn_id), attempt=claimed.attempt)
            return await self._retry(claimed, raised)
        if committed.sends:
            self._dispatch.soon(
                claimed.workspace_id,
                claimed.conversation_id,
                committed.platform,
                claimed.priority,
            )
        TURN_SECONDS.observe(committed.waited.total_seconds())
        MESSAGES.labels("outbound", committed.platform).inc(committed.replies)
        return committed.state

    async def _drop(self, claimed: Claimed) -> str:
        try:
            return "cancelled" if await drop(self._means.db, claimed) else "lost"
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("turn_left_to_its_lease", turn_id=str(claimed.turn_id), error=str(away))
            return "lost"

    async def _retry(self, claimed: Claimed, failed: Exception) -> str:
        """Back to waiting for a while; after the last attempt at once, for whoever claims it next gives it up."""
        self.lease.let_go(claimed)
        asked = failed.retry_after if isinstance(failed, RejoinderError) else None
        pause = decide.retry(claimed.policy, claimed.attempt, random.random(), asked)  # noqa: S311
        log.warning(
            "turn_failed",
            turn_id=str(claimed.turn_id),
            attempt=claimed.attempt,
            error=type(failed).__name__,
            again_in=pause.total_seconds() if pause else None,
        )
        # A bug's own words may quote the customer or a secret: its kind is enough, the log has the rest.
        error = str(failed) if isinstance(failed, RejoinderError) else type(failed).__name__
        await self._hand_back(claimed, "failed", pause or timedelta(0), error)
        return "retried"

    async def _hand_back(
        self,
        claimed: Claimed,
        outcome: Literal["returned", "failed"],
        pause: timedelta = timedelta(0),
        error: str | None = None,
    ) -> bool:
        attempt = (claimed.turn_id, claimed.fence)
        try:
            return await retry_away(
                lambda: hand_back(
                    self._means.db,
                    claimed.workspace_id,
                    claimed.conversation_id,
                    attempt,
                    outcome,
                    pause=pause,
                    error=error,
                ),
                _PATIENCE_S,
            )
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("turn_left_to_its_lease", turn_id=str(claimed.turn_id), error=str(away))
            return False
