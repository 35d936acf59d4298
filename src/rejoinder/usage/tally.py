"""What a workspace spent today and this month, kept up by reading only what is new of the ledger: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from rejoinder.usage.budget import Spending

SETTLES: Final = timedelta(seconds=60)
"""A row may be seen this long after its `created_at` at most: no transaction of ours lasts a quarter of it."""


class Row(NamedTuple):
    """A group of the ledger's rows. Calls of an evaluation stand under no bot."""

    bot_id: UUID | None
    contact_id: UUID | None
    settled: bool
    usd: Decimal
    answers: int


@dataclass(slots=True)
class Sums:
    """By bot, and by what one customer had of one bot."""

    bots: defaultdict[UUID | None, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    contacts: defaultdict[tuple[UUID | None, UUID], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    answers: defaultdict[tuple[UUID | None, UUID], int] = field(
        default_factory=lambda: defaultdict(int)
    )

    def add(self, bot_id: UUID | None, contact_id: UUID | None, usd: Decimal, answers: int) -> None:
        """Count something more."""
        self.bots[bot_id] += usd
        if contact_id is not None:
            self.contacts[bot_id, contact_id] += usd
            self.answers[bot_id, contact_id] += answers


@dataclass(slots=True)
class Tally:
    """`before` is what each bot took this month before `day`, None for not looked at; `settled` today's until `since`,
    `recent` all after it.

    `recent` is read anew each time, and this process adds what it books meanwhile.
    """

    day: date
    since: datetime
    before: Mapping[UUID | None, Decimal] | None = None
    settled: Sums = field(default_factory=Sums)
    recent: Sums = field(default_factory=Sums)

    def bring(self, rows: Iterable[Row], settled_until: datetime) -> None:
        """Take in the rows since `since`, of which those before `settled_until` are final."""
        self.recent = Sums()
        for row in rows:
            sums = self.settled if row.settled else self.recent
            sums.add(row.bot_id, row.contact_id, row.usd, row.answers)
        self.since = settled_until

    def spending(self, bot_id: UUID | None, contact_id: UUID | None) -> Spending:
        """Of the workspace, one bot and one of its customers."""
        both = (self.settled, self.recent)
        workspace_day = sum((usd for each in both for usd in each.bots.values()), Decimal(0))
        bot_day = sum((each.bots.get(bot_id, Decimal(0)) for each in both), Decimal(0))
        contact = (bot_id, contact_id) if contact_id is not None else None
        before = self.before or {}
        return Spending(
            workspace_day=workspace_day,
            workspace_month=workspace_day + sum(before.values(), Decimal(0)),
            bot_day=bot_day,
            bot_month=bot_day + before.get(bot_id, Decimal(0)),
            contact_day=sum(
                (each.contacts.get(contact, Decimal(0)) for each in both if contact), Decimal(0)
            ),
            contact_answers=sum(each.answers.get(contact, 0) for each in both if contact),
        )


def midnight(now: datetime) -> datetime:
    """When this day began, UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def settles(now: datetime) -> datetime:
    """Until when the ledger of today is final."""
    return max(midnight(now), now.astimezone(UTC) - SETTLES)
