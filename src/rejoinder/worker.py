"""The composition root of the work: a queue's taker, a desk that answers, one session of HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from rejoinder.bots.known import Bots
from rejoinder.db import Database
from rejoinder.inbound.intake import keep as intake
from rejoinder.inbound.intake.retry import Retry
from rejoinder.llm.calling.chain import Chain
from rejoinder.media import keep as media
from rejoinder.media.look import Viewer
from rejoinder.media.taking.download import Means as Fetching
from rejoinder.media.taking.lane import Downloads
from rejoinder.outbound.sending.deliver import Send
from rejoinder.outbound.sending.dispatch import Dispatch
from rejoinder.outbound.upkeep import reconcile
from rejoinder.queue import upkeep
from rejoinder.queue.jobs import DELIVER, TURNS
from rejoinder.queue.lanes import INTAKE, MEDIA, NAMES, find
from rejoinder.queue.limits import Limit, limits
from rejoinder.queue.run import Served, Taker
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.turns.attempt.answer import Means
from rejoinder.turns.attempt.work import Desk, Writing, nowhere
from rejoinder.turns.upkeep.retention import Keep, clean_hourly

LANES = NAMES
"""What a worker may take jobs of; it serves those in which something is sent."""

_LAST_JOBS_S = 5.0
_LAST_SENDS_S = 16.0  # the longest send takes 15: one cut off may have to be asked about


class Work:
    """One worker of this process, taking jobs of its lanes; whichever they are, it also rescues and sweeps."""

    def __init__(
        self,
        db: Database,
        models: Chain,
        settings: Settings,
        send: Send,
        lanes: frozenset[str] = LANES,
        vault: Vault | None = None,
        fetching: Fetching | None = None,
        writing: Writing = nowhere,
    ) -> None:
        self._db = db
        limited = limits(settings.lanes, settings.max_turns)
        sending = {lane.name: limited[lane.name] for lane in find(DELIVER)}
        self.dispatch = Dispatch(
            db,
            send,
            slots={lane: limit.concurrency for lane, limit in sending.items()},
            paced=frozenset(lane for lane, limit in sending.items() if limit.rate is not None),
        )
        self.models = models
        viewer = (
            Viewer(
                db,
                fetching.objects,
                seconds=settings.media_wait_seconds,
                hears=settings.transcription_model is not None,  # here or in another worker
            )
            if fetching
            else None
        )
        means = Means(db, Bots(db), models, settings.model_timeout, viewer)
        self.desk = Desk(means, self.dispatch, slots=limited[TURNS].concurrency, writing=writing)
        # Without the keys to the channels' credentials no platform's webhook can be read.
        self._retry = Retry(db, vault, slots=limited[INTAKE].concurrency) if vault else None
        self._downloads = (
            Downloads(fetching, slots=limited[MEDIA].concurrency) if fetching else None
        )
        self.taker = Taker(db, dict(self._served(lanes, limited)))
        self._keep = Keep.of(settings)
        days = settings.keep_media_days
        self._keep_media = timedelta(days=days) if days else None
        self._drain_seconds = settings.drain_seconds

    @property
    def ready(self) -> bool:
        """Whether turns are being taken now."""
        return self.taker.ready.is_set() and self.desk.lease.alive

    def _served(
        self, lanes: frozenset[str], limited: Mapping[str, Limit]
    ) -> Iterator[tuple[str, Served]]:
        for lane in sorted(lanes):
            if lane == TURNS:
                yield (
                    lane,
                    Served(self.desk.wake, self.desk.room, self.desk.freed, limited[lane].rate),
                )
            elif lane == INTAKE and self._retry is not None:
                retry = self._retry
                yield lane, Served(retry.wake, retry.room, retry.freed, limited[lane].rate)
            elif lane == MEDIA and self._downloads is not None:
                files = self._downloads
                yield lane, Served(files.wake, files.room, files.freed, limited[lane].rate)
            elif lane.startswith(f"{DELIVER}."):
                yield lane, Served(self.dispatch.wake, rate=limited[lane].rate)
        if any(lane.startswith(f"{DELIVER}.") for lane in lanes):
            yield DELIVER, Served(self.dispatch.wake)  # jobs from before each platform had its lane

    def _keeping_media(self) -> Iterator[asyncio.Task[None]]:
        if self._downloads is None:
            return
        objects = self._downloads.means.objects
        yield asyncio.create_task(media.keep(self._db), name="media-sweep")
        yield asyncio.create_task(
            media.clean_daily(self._db, objects, self._keep_media), name="media-cleaning"
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take and answer turns until left; then finish what runs within the deadline and hand the rest back."""
        async with self.desk.open():
            taking = asyncio.create_task(self.taker.run(), name="queue")
            keeping = [
                asyncio.create_task(upkeep.keep(self._db), name="queue-upkeep"),
                asyncio.create_task(reconcile.keep(self._db), name="deliveries-sweep"),
                asyncio.create_task(intake.keep(self._db), name="intake-sweep"),
                asyncio.create_task(clean_hourly(self._db, self._keep), name="cleaning"),
                *self._keeping_media(),
            ]
            try:
                await self.taker.ready.wait()
                yield
            finally:
                self.desk.close()
                self.taker.stop()
                await asyncio.wait([taking], timeout=_LAST_JOBS_S)
                if self._retry is not None:
                    await self._retry.drain(_LAST_JOBS_S)
                if self._downloads is not None:
                    await self._downloads.drain(_LAST_JOBS_S)
                await self.desk.drain(self._drain_seconds)
                await self.dispatch.drain(_LAST_SENDS_S)
                for task in (taking, *keeping):
                    task.cancel()
                await asyncio.wait([taking, *keeping])
