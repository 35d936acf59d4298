"""Whether a bot may still spend: its bounds against the ledger, remembered for seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from time import monotonic
from typing import Final
from uuid import UUID

from cachetools import LRUCache

from rejoinder.db import Database, Read
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import BUDGETS
from rejoinder.usage import store
from rejoinder.usage.budget import (
    ALERTS,
    WITHIN,
    Allowance,
    Bounds,
    Budget,
    Verdict,
    budgets,
    decide,
    is_bounded,
)
from rejoinder.usage.model import Call
from rejoinder.usage.tally import Tally, midnight, settles

REMEMBERED_S: Final = 5.0
"""So long another process' spending may go unseen, and a new bound; this one's counts at once."""

_WORKSPACES = 1_000
_MOST_ALERTS = 100_000


@dataclass(slots=True)
class _Known:
    """Of one workspace."""

    allowance: Allowance = field(default_factory=Allowance)
    asked_at: float | None = None
    tally: Tally | None = None
    read_at: float | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Budgets:
    """The budgets of a process' bots. What runs at the moment is not counted: a bound may be passed by that much."""

    def __init__(self, db: Database, clock: Callable[[], float] = monotonic) -> None:
        self._db = db
        self._clock = clock
        self._known: LRUCache[UUID, _Known] = LRUCache(_WORKSPACES)
        self._told: set[tuple[object, ...]] = set()

    async def look(
        self, workspace_id: UUID, *, bot_id: UUID, spend: Bounds, contact_id: UUID | None
    ) -> Verdict:
        """What the bounds say now. No query where neither the bot nor the workspace has one, and the workspace was
        asked within 5 s; else the ledger's new rows, once in 5 s a workspace.
        """
        known = await self._workspace(workspace_id)
        if not is_bounded(spend, known.allowance):
            return WITHIN
        months = spend.bot_usd_a_month is not None or known.allowance.usd_a_month is not None
        tally = await self._tally(workspace_id, known, months=months)
        found = budgets(spend, known.allowance, tally.spending(bot_id, contact_id))
        owners = {"bot": bot_id, "contact": contact_id, "workspace": workspace_id}
        for budget in found:
            self._alert(tally.day, (workspace_id, bot_id, owners[budget.subject]), budget)
        return decide(found, can_downgrade=spend.downgrade_to is not None)

    async def state(
        self, workspace_id: UUID, bots: Iterable[tuple[UUID, Bounds]]
    ) -> list[tuple[UUID | None, Budget]]:
        """The workspace's budgets (under None), and those of its bots as wholes."""
        known = await self._workspace(workspace_id)
        tally = await self._tally(workspace_id, known, months=True)
        found: dict[tuple[UUID | None, str], tuple[UUID | None, Budget]] = {}
        for bot_id, spend in [(None, _Unbounded()), *bots]:
            for each in budgets(spend, known.allowance, tally.spending(bot_id, None)):
                if each.subject != "contact":
                    owner = None if each.subject == "workspace" else bot_id
                    found[owner, each.period] = (owner, each)
        return list(found.values())

    def booked(
        self,
        workspace_id: UUID,
        contact_id: UUID | None,
        calls: Sequence[Call],
        *,
        answered: bool = True,
    ) -> None:
        """Count what was just written into the ledger: calls of one turn, which `answered` the contact or did not."""
        known = self._known.get(workspace_id)
        if known is None or known.tally is None or not calls:
            return
        for call in calls:
            bot_id = None if call.purpose == "evaluate" else call.bot_id
            known.tally.recent.add(bot_id, contact_id, call.cost or Decimal(0), 0)
        if answered:
            last = next((each for each in calls if is_answer(each)), None)
            if last is not None:
                known.tally.recent.add(last.bot_id, contact_id, Decimal(0), 1)

    async def _workspace(self, workspace_id: UUID) -> _Known:
        known = self._known.get(workspace_id)
        if known is None:
            known = self._known[workspace_id] = _Known()
        if not self._fresh(known.asked_at):
            async with known.lock:
                if not self._fresh(known.asked_at):
                    async with self._db.read(workspace_id) as read:
                        known.allowance = await store.allowance(read)
                    known.asked_at = self._clock()
        return known

    async def _tally(self, workspace_id: UUID, known: _Known, *, months: bool) -> Tally:
        async with known.lock:
            tally = known.tally
            lacks = tally is None or (months and tally.before is None)
            if tally is None or lacks or not self._fresh(known.read_at):
                async with self._db.read(workspace_id) as read:
                    known.tally = tally = await _brought(read, tally, months=months)
                known.read_at = self._clock()
            return tally

    def _fresh(self, at: float | None) -> bool:
        return at is not None and self._clock() - at < REMEMBERED_S

    def _alert(self, day: date, whose: tuple[UUID, UUID, UUID | None], budget: Budget) -> None:
        """Tell of 80 and of 100 percent, once a day for each budget; `whose` are workspace, bot and subject."""
        workspace_id, bot_id, owner = whose
        within = None if budget.subject == "workspace" else bot_id  # one for all its bots
        for percent in ALERTS:
            told = (day, workspace_id, within, owner, budget.period, budget.unit, percent)
            if budget.percent < percent or told in self._told:
                continue
            if len(self._told) >= _MOST_ALERTS:
                self._told = {each for each in self._told if each[0] == day}
            self._told.add(told)
            BUDGETS.labels(budget.subject, str(percent)).inc()
            log.warning(
                "budget_reached",
                percent=percent,
                workspace_id=str(workspace_id),
                subject=budget.subject,
                subject_id=str(owner),
                unit=budget.unit,
                period=budget.period,
                limit=str(budget.limit),
            )


class _Unbounded:
    """Nobody's bounds."""

    bot_usd_a_day = None
    bot_usd_a_month = None
    contact_usd_a_day = None
    contact_answers_a_day = None
    downgrade_to = None


def is_answer(call: Call) -> bool:
    """Whether a call made an answer for a customer."""
    return call.purpose == "answer" and call.outcome == "ok"


async def _brought(read: Read, tally: Tally | None, *, months: bool) -> Tally:
    """The tally with what is new; the month before today only where a bound asks for it, once a day."""
    now: datetime = await store.now(read)
    day = midnight(now)
    if tally is None or tally.day != day.date():
        tally = Tally(day.date(), day)
    if months and tally.before is None:
        tally.before = await store.spent_between(read, day.replace(day=1), day)
    until = settles(now)
    tally.bring(await store.spent_since(read, tally.since, until), until)
    return tally
