"""What each lane holds and does: the API's table, and the command's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from uuid import UUID

from rejoinder.api.work import store
from rejoinder.api.work.store import Counts
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.queue.lanes import DELIVER, LANES, TURNS, Lane, find, unknown
from rejoinder.queue.limits import Limit

_SENDING = f"{DELIVER}."


@dataclass(frozen=True, slots=True)
class Load:
    """A lane, or several under one name, with what it holds and how much of it a worker does."""

    name: str
    aliases: tuple[str, ...]
    counts: Counts
    concurrency: int
    rate: float | None


async def loads(db: Database, workspace_id: UUID | None, limits: Mapping[str, Limit]) -> list[Load]:
    """Every lane's, in the table's order: a workspace's turns and deliveries, or, for None, the installation's."""
    own = [lane.name for lane in LANES if _is_the_queues(lane)]
    async with db.maintenance() as maintenance:
        turns = await store.turns(maintenance.connection, workspace_id)
        deliveries = await store.deliveries(maintenance.connection, workspace_id)
        jobs = await store.jobs(maintenance.connection, own)
    return [
        Load(
            lane.name,
            lane.aliases,
            _counts(lane, turns, deliveries, jobs),
            limits[lane.name].concurrency,
            limits[lane.name].rate,
        )
        for lane in LANES
    ]


def named(found: list[Load], name: str) -> Load:
    """The one of a name or an alias; one with the sums where several lanes have it. Raises NotFound, naming them."""
    names = {lane.name for lane in find(name)}
    chosen = [load for load in found if load.name in names]
    if not chosen:
        detail, mend = unknown(name)
        raise NotFound(detail, mend=mend, code="unknown_lane")
    if len(chosen) == 1:
        return chosen[0]
    rates = [load.rate for load in chosen if load.rate is not None]
    return Load(
        name=DELIVER,
        aliases=tuple(sorted(set.intersection(*(set(load.aliases) for load in chosen)))),
        counts=_sum([load.counts for load in chosen]),
        concurrency=sum(load.concurrency for load in chosen),
        rate=sum(rates) if len(rates) == len(chosen) else None,
    )


def _is_the_queues(lane: Lane) -> bool:
    return lane.name != TURNS and not lane.name.startswith(_SENDING)


def _counts(
    lane: Lane, turns: Counts, deliveries: Mapping[str, Counts], jobs: Mapping[str, store.Held]
) -> Counts:
    held = jobs.get(lane.name, store.Held(Counts(), 0))
    if _is_the_queues(lane):
        return held.counts
    rows = (
        turns if lane.name == TURNS else deliveries.get(lane.name.removeprefix(_SENDING), Counts())
    )
    return _sum([rows, Counts(failed=held.unreadable)])


def _sum(many: list[Counts]) -> Counts:
    ages = [counts.oldest for counts in many if counts.oldest is not None]
    numbers = [field.name for field in fields(Counts) if field.name != "oldest"]
    return Counts(
        **{name: sum(getattr(counts, name) for counts in many) for name in numbers},
        oldest=max(ages, default=None),
    )
