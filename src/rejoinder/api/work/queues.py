"""The lanes and what waits in them, for operators."""

from collections.abc import Mapping
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from rejoinder.api.bodies import Page
from rejoinder.api.work.load import Load, loads, named
from rejoinder.db import Database
from rejoinder.inbound.rest.callers import needs
from rejoinder.queue.limits import Limit
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class QueueView(BaseModel):
    """One lane. `completed` counts the last hour, `throughput_per_minute` the last 60 s, `failed` what is open.

    `waiting` is due, `delayed` is not yet; `oldest_age_seconds` says for how long the longest waiting has been due.
    `concurrency` and `rate_per_second` hold for each worker, as this server's settings say.
    """

    name: str
    aliases: list[str]
    waiting: int
    active: int
    completed: int
    failed: int
    delayed: int
    oldest_age_seconds: float | None
    throughput_per_minute: int
    concurrency: int
    rate_per_second: float | None

    @classmethod
    def of(cls, load: Load) -> Self:
        """The view of a lane."""
        counts = load.counts
        return cls(
            name=load.name,
            aliases=list(load.aliases),
            waiting=counts.waiting,
            active=counts.active,
            completed=counts.completed,
            failed=counts.failed,
            delayed=counts.delayed,
            oldest_age_seconds=None if counts.oldest is None else round(counts.oldest, 3),
            throughput_per_minute=counts.throughput,
            concurrency=load.concurrency,
            rate_per_second=load.rate,
        )


def routes(db: Database, tokens: Tokens, limits: Mapping[str, Limit]) -> APIRouter:
    """Statistics of the lanes: scope `operate`. `limits` are what the settings say of each."""
    router = APIRouter(prefix="/api/v1/queues", tags=["work"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("")
    async def list_queues(caller: Operator) -> Page[QueueView]:
        """Every lane: the workspace's own turns and deliveries, and the installation's other jobs."""
        found = await loads(db, caller.workspace_id, limits)
        return Page(items=[QueueView.of(load) for load in found], next=None)

    @router.get("/{name}")
    async def get_queue(
        name: Annotated[str, Path(description="A lane's name or an alias.", max_length=100)],
        caller: Operator,
    ) -> QueueView:
        """One lane; where several share the name, as `deliver` and `outgoing-messages`, their sums."""
        return QueueView.of(named(await loads(db, caller.workspace_id, limits), name))

    return router
