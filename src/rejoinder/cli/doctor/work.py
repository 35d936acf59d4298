"""The workers, and what waits for them too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rejoinder.cli.doctor import store
from rejoinder.cli.doctor.report import Finding, State
from rejoinder.db import Database
from rejoinder.inbound.intake import store as intake
from rejoinder.turns.upkeep import store as upkeep

# Workers look for forgotten work each second and wake it again after 10 s: what is later than this was missed by them.
_LATE = timedelta(seconds=30)
_FAR_TOO_LATE = timedelta(minutes=5)
_SILENT = timedelta(
    seconds=15
)  # a worker writes each second; after this long its turns are others'


async def workers(db: Database) -> list[Finding]:
    """Who works, and whether something waits if nobody does."""
    async with db.maintenance() as maintenance:
        known = await store.workers(maintenance)
        turns = await store.waiting_turns(maintenance, _LATE)
        deliveries = await store.waiting_deliveries(maintenance, _LATE)
        lost = await upkeep.lost(maintenance)  # running, and their worker is dead: they wait too
    return judge_workers(known, turns=turns.count + len(lost), deliveries=deliveries.count)


async def turns(db: Database) -> list[Finding]:
    """Whether turns wait too long."""
    async with db.maintenance() as maintenance:
        return [judge_waiting("turns", await store.waiting_turns(maintenance, _LATE))]


async def deliveries(db: Database) -> list[Finding]:
    """Whether deliveries wait too long."""
    async with db.maintenance() as maintenance:
        return [judge_waiting("deliveries", await store.waiting_deliveries(maintenance, _LATE))]


async def jobs(db: Database) -> list[Finding]:
    """Whether jobs of the queue wait too long, or failed."""
    async with db.maintenance() as maintenance:
        waiting = await store.waiting_jobs(maintenance, _LATE)
        failed = await store.failed_jobs(maintenance)
    return [judge_waiting("jobs", waiting), *judge_failed(failed)]


async def people(db: Database) -> list[Finding]:
    """Whether anything waits for a person."""
    async with db.maintenance() as maintenance:
        letters, paused = await store.stuck(maintenance)
        quarantined = (await intake.counts(maintenance)).get("quarantined", 0)
    return judge_stuck(letters, paused, quarantined)


def judge_stuck(letters: int, paused: int, quarantined: int = 0) -> list[Finding]:
    """What gave up, channels whose credentials were refused, and webhooks that nobody understands."""
    found = []
    if letters:
        told = f"{letters} dead {'letter waits' if letters == 1 else 'letters wait'}."
        mend = "`rejoinder dead-letters list` shows them; replay or discard them there."
        found.append(Finding("people", "warning", told, mend))
    if paused:
        told = f"{paused} {'channel is' if paused == 1 else 'channels are'} paused: credentials were refused."
        mend = "GET /api/v1/channels says why; mend them, or POST …/resume."
        found.append(Finding("people", "warning", told, mend))
    if quarantined:
        told = f"{quarantined} {'webhook is' if quarantined == 1 else 'webhooks are'} quarantined."
        mend = "`rejoinder intake list` says why; replay them after an upgrade, or discard them."
        found.append(Finding("people", "warning", told, mend))
    return found or [Finding("people", "ok", "Nothing waits for a person here.")]


def judge_workers(known: Sequence[store.Worker], *, turns: int, deliveries: int) -> list[Finding]:
    """Whether someone works: one that holds its lock and was seen lately, or was seen a moment ago."""
    alive = [
        worker
        for worker in known
        if worker.silent <= (_SILENT if worker.holds_lock else upkeep.GRACE)
    ]
    stuck = [worker for worker in known if worker.holds_lock and worker.silent > _SILENT]
    found = [Finding("workers", "ok", f"{len(alive)} at work.")]
    if not alive:
        waiting = bool(turns or deliveries)
        waits = f"{turns} turns and {deliveries} deliveries wait" if waiting else "nothing waits"
        mend = "Start `rejoinder serve`, or `rejoinder worker` beside servers that run without one."
        state: State = "wrong" if waiting else "warning"
        found = [Finding("workers", state, f"None is at work; {waits}.", mend)]
    return found + [
        Finding(
            "workers",
            "warning",
            f"{worker.name} is connected but has not been seen for {_time(worker.silent)}.",
            "It hangs or was stopped (SIGSTOP): end it, others have taken its turns.",
        )
        for worker in stuck
    ]


def judge_waiting(name: str, waiting: store.Waiting) -> Finding:
    """Whether what waits is taken in time."""
    if not waiting.late or waiting.oldest is None:
        told = f"{waiting.count} wait, none is late." if waiting.count else "None waits."
        return Finding(name, "ok", told)
    state: State = "wrong" if waiting.oldest > _FAR_TOO_LATE else "warning"
    return Finding(
        name,
        state,
        f"{waiting.late} of {waiting.count} that wait are late, the first by {_time(waiting.oldest)}.",
        "Look at the workers' logs; if all are busy, run more: `rejoinder serve --workers auto`, `rejoinder worker`.",
    )


def judge_failed(failed: int) -> list[Finding]:
    """Whether jobs failed within a day; their turns and deliveries were taken up again by the sweep."""
    if not failed:
        return []
    told = f"{failed} {'job' if failed == 1 else 'jobs'} failed since yesterday; the sweep took up what they were for."
    return [Finding("jobs", "warning", told, "The workers' logs say why.")]


def _time(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
