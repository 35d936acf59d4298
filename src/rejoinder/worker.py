"""The composition root of the work: a queue's taker, a desk that answers, one session of HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from rejoinder.bots.known import Bots
from rejoinder.bots.voice.known import Voices
from rejoinder.db import Database
from rejoinder.inbound.intake import keep as intake
from rejoinder.inbound.intake.retry import Retry
from rejoinder.knowledge.embedding.embed import Means as Embedding
from rejoinder.knowledge.embedding.lane import Embeddings
from rejoinder.knowledge.importing.websites import lane as imports
from rejoinder.knowledge.importing.websites.run import Means as Importing
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.live.preview import Previews
from rejoinder.llm.chains import Chains
from rejoinder.media import keep as media
from rejoinder.media.look import Viewer
from rejoinder.media.taking.download import Means as Fetching
from rejoinder.media.taking.lane import Downloads
from rejoinder.outbound.sending.deliver import Send
from rejoinder.outbound.sending.dispatch import Dispatch
from rejoinder.outbound.upkeep import reconcile
from rejoinder.queue import upkeep
from rejoinder.queue.jobs import DELIVER, TURNS
from rejoinder.queue.lanes import EMBEDDINGS, IMPORTS, INTAKE, MEDIA, NAMES, SUMMARIES, find
from rejoinder.queue.limits import Limit, limits
from rejoinder.queue.taking.run import Served, Side, Taker
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.turns.attempt.answer import Means
from rejoinder.turns.attempt.work import Desk, Writing, nowhere
from rejoinder.turns.summary.lane import Summaries
from rejoinder.turns.summary.summarise import Means as NoteTaking
from rejoinder.turns.upkeep.retention import Keep, clean_hourly
from rejoinder.usage.budgets import Budgets

LANES = NAMES
"""What a worker may take jobs of; it serves those in which something is sent."""

_LAST_JOBS_S = 5.0
_LAST_IMPORTS_S = 1.0  # a site is not read to its end in any drain: another worker begins anew
_LAST_SENDS_S = 16.0  # the longest send takes 15: one cut off may have to be asked about


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a worker may be given. What is None it does not do; `writing` is what a customer sees while it answers."""

    vault: Vault | None = None  # without the keys to channels' credentials no webhook can be read
    fetching: Fetching | None = None
    embedding: Embedding | None = None
    importing: Importing | None = None
    writing: Writing = nowhere


class Work:
    """One worker of this process, taking jobs of its lanes; whichever they are, it also rescues and sweeps."""

    def __init__(
        self,
        db: Database,
        models: Chains,
        settings: Settings,
        send: Send,
        lanes: frozenset[str] = LANES,
        equipment: Equipment | None = None,
    ) -> None:
        self._db, self._settings, self.models = db, settings, models
        self._equipment = equipment = equipment or Equipment()
        self._limits = limits(settings.lanes, settings.max_turns)
        self.dispatch = _dispatch(db, send, self._limits)
        means = _means(db, models, settings, equipment)
        self.desk = Desk(means, self.dispatch, slots=self._slots(TURNS), writing=equipment.writing)
        # Served without an embedder too, or its jobs would wait for ever.
        self._embeddings = Embeddings(
            equipment.embedding if EMBEDDINGS in lanes else None,
            slots=self._slots(EMBEDDINGS),
        )
        self._sides = dict(self._equipped(means))
        self.taker = Taker(db, dict(self._served(lanes)))

    @property
    def ready(self) -> bool:
        """Whether turns are being taken now."""
        return self.taker.ready.is_set() and self.desk.lease.alive

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take and answer turns until left; then finish what runs within the deadline and hand the rest back."""
        async with self.desk.open():
            taking = asyncio.create_task(self.taker.run(), name="queue")
            sweeping = [asyncio.create_task(keep, name=name) for name, keep in self._sweeps()]
            try:
                await self.taker.ready.wait()
                with self.beside(self._db):
                    yield
            finally:
                self.desk.close()
                self.taker.stop()
                await asyncio.wait([taking], timeout=_LAST_JOBS_S)
                await self.taker.here.drain(_LAST_JOBS_S)
                for lane, side in self._sides.items():
                    await side.drain(self._patience(lane))
                await self.dispatch.drain(_LAST_SENDS_S)
                for task in (taking, *sweeping):
                    task.cancel()
                await asyncio.wait([taking, *sweeping])

    @contextmanager
    def beside(self, db: Database) -> Iterator[None]:
        """Until left, what transactions over this pool of the same process leave to do at once is begun here."""
        db.here = self.taker.here
        try:
            yield
        finally:
            db.here = None

    def _equipped(self, means: Means) -> Iterator[tuple[str, Side]]:
        """Who does a lane's work, in the order in which they end: answers last, for they take longest."""
        has = self._equipment
        if has.vault is not None:
            yield INTAKE, Retry(self._db, has.vault, slots=self._slots(INTAKE))
        if has.fetching is not None:
            yield MEDIA, Downloads(has.fetching, slots=self._slots(MEDIA))
        yield EMBEDDINGS, self._embeddings
        if has.importing is not None:
            yield IMPORTS, imports.Imports(has.importing, slots=self._slots(IMPORTS))
        notes = NoteTaking(self._db, means.bots, means.models, means.budgets, means.timeout)
        yield SUMMARIES, Summaries(notes, slots=self._slots(SUMMARIES))
        yield TURNS, self.desk

    def _served(self, lanes: frozenset[str]) -> Iterator[tuple[str, Served]]:
        sending = sorted(lane for lane in lanes if lane.startswith(f"{DELIVER}."))
        for lane, side in self._sides.items():
            if lane in lanes:
                here = self._spare if lane == TURNS else None
                yield lane, Served.by(side, self._limits[lane].rate, here)
        for lane in sending:
            yield lane, Served(self.dispatch.wake, rate=self._limits[lane].rate)
        if sending:
            yield DELIVER, Served(self.dispatch.wake)  # jobs from before each platform had its lane

    def _sweeps(self) -> Iterator[tuple[str, Coroutine[None, None, None]]]:
        db = self._db
        yield "queue-upkeep", upkeep.keep(db)
        yield "deliveries-sweep", reconcile.keep(db)
        yield "intake-sweep", intake.keep(db)
        yield "cleaning", clean_hourly(db, Keep.of(self._settings))
        yield "embeddings-sweep", self._embeddings.keep()
        yield "imports-sweep", imports.keep(db)
        if self._equipment.fetching is not None:
            days = self._settings.keep_media_days
            older = timedelta(days=days) if days else None
            yield "media-sweep", media.keep(db)
            yield "media-cleaning", media.clean_daily(db, self._equipment.fetching.objects, older)

    def _spare(self) -> int:
        """How many turns it may promise to begin: none while others take it for dead."""
        return self.desk.room() if self.desk.lease.alive else 0

    def _slots(self, lane: str) -> int:
        return self._limits[lane].concurrency

    def _patience(self, lane: str) -> float:
        """Seconds for a lane's last work."""
        return {TURNS: self._settings.drain_seconds, IMPORTS: _LAST_IMPORTS_S}.get(
            lane, _LAST_JOBS_S
        )


def _dispatch(db: Database, send: Send, limited: Mapping[str, Limit]) -> Dispatch:
    sending = {lane.name: limited[lane.name] for lane in find(DELIVER)}
    return Dispatch(
        db,
        send,
        slots={lane: limit.concurrency for lane, limit in sending.items()},
        paced=frozenset(lane for lane, limit in sending.items() if limit.rate is not None),
    )


def _means(db: Database, models: Chains, settings: Settings, equipment: Equipment) -> Means:
    embedding, fetching = equipment.embedding, equipment.fetching
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
    return Means(
        db,
        Bots(db),
        Voices(db),
        models,
        Budgets(db),
        Meaning(db, embedding.embedder if embedding else None),
        settings.model_timeout,
        viewer,
        Previews(db),
    )
