"""What a run has shown: by the platform's own book, and beside what Rejoinder stored."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rejoinder.testing.platforms.server import PlayedPlatform

ARRIVED = frozenset({"sent", "delivered", "read"})
GIVEN_UP = frozenset({"failed", "unknown", "withheld"})
"""What a person was told of, or took over; the customer may have it or not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as Rejoinder stores it, and where its delivery stands."""

    text: str
    status: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`lost` were sent by what Rejoinder says, and not shown; `disordered` were shown after a later one.

    `silent` customers got no reply at all, not even one that was given up; `open` deliveries are in no final state;
    `given_up` are failed, unknown or withheld. `doubled` were shown more often than they are stored: the same answer
    twice may well be meant, to a question that was asked twice. None where nothing was compared.
    """

    lost: int = 0
    disordered: int = 0
    silent: int = 0
    open: int = 0
    given_up: int = 0
    doubled: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run; times are milliseconds. Of `said`, `unacknowledged` were never taken in."""

    platform: str
    customers: int
    said: int
    unacknowledged: int
    refused: Mapping[str, int]
    acknowledged_p50: float
    acknowledged_p99: float
    shown: int
    doubled: int
    repeats: int
    unanswered: int
    receipts: Mapping[str, int]
    echoes: int
    signals: Mapping[str, int]
    faults: Mapping[str, int]
    problems: Mapping[str, int]
    stored: Compared = field(default_factory=Compared)

    @property
    def sound(self) -> bool:
        """Whether nothing was doubled, lost, out of order or written wrongly."""
        stored = self.stored
        wrong = stored.lost + stored.disordered + stored.silent + stored.open
        return not (self.doubled or self.unacknowledged or self.problems or wrong)

    def lines(self) -> list[str]:
        """For the terminal."""
        stored = self.stored
        return [
            f"{self.platform}: {self.customers} customers",
            f"  said           {self.said}, {self.unacknowledged} of them never acknowledged",
            f"  acknowledged   p50 {self.acknowledged_p50:.1f} ms, p99 {self.acknowledged_p99:.1f} ms",
            f"  refused        {_counted(self.refused)}",
            f"  shown          {self.shown}, and {self.repeats} repeats that the platform knew",
            f"  doubled        {self.doubled}",
            f"  out of order   {stored.disordered}",
            f"  lost           {stored.lost}, and {stored.silent} customers without any reply",
            f"  unanswered     {self.unanswered} customers had the last word",
            f"  deliveries     {stored.given_up} failed, unknown or withheld; {stored.open} not settled",
            f"  receipts       {_counted(self.receipts)}; echoes {self.echoes}",
            f"  signals        {_counted(self.signals)}",
            f"  faults         {_counted(self.faults)}",
            f"  problems       {_counted(self.problems)}",
        ]


def compare(chats: Mapping[str, tuple[Sequence[Reply], Sequence[str]]]) -> Compared:
    """What Rejoinder stored for each customer beside what their telephone showed, both in order.

    A platform may show a reply with more around it (options as numbered lines, say), so one is found by its text being
    part of what was shown.
    """
    lost = disordered = silent = unsettled = given_up = doubled = 0
    for stored, shown in chats.values():
        left = list(enumerate(shown))
        last = -1
        for place, reply in enumerate(stored):
            found = _shown_as(reply, left, stored[place + 1 :])
            if found is not None:
                left.remove(found)
                disordered += found[0] < last
                last = max(last, found[0])
            lost += found is None and reply.status in ARRIVED
            given_up += reply.status in GIVEN_UP
            unsettled += reply.status not in ARRIVED | GIVEN_UP
        silent += not stored and not shown
        ours = {reply.text for reply in stored if reply.text}
        doubled += sum(any(text in more for text in ours) for _, more in left)
    return Compared(lost, disordered, silent, unsettled, given_up, doubled)


def _shown_as(
    reply: Reply, left: Sequence[tuple[int, str]], later: Sequence[Reply]
) -> tuple[int, str] | None:
    """The first of what is left that holds the reply. One that was given up has it only where it is nobody else's."""
    holding = [each for each in left if reply.text in each[1]]
    if reply.status in GIVEN_UP:
        others = sum(each.text == reply.text and each.status in ARRIVED for each in later)
        holding = holding[: len(holding) - others] if others < len(holding) else []
    return holding[0] if holding else None


def report(platform: PlayedPlatform, stored: Compared) -> Report:
    """Of a run that is over."""
    book, telling, webhooks = platform.book, platform.telling, platform.telling.webhooks
    said = [line for lines in book.lines.values() for line in lines if line.by == "customer"]
    taken = sorted(webhooks.acknowledged) if webhooks else []
    return Report(
        platform=platform.played.name,
        customers=len(book.lines),
        said=len(said),
        unacknowledged=webhooks.lost if webhooks else 0,
        refused=dict(webhooks.refused) if webhooks else {},
        acknowledged_p50=_at(taken, 0.5),
        acknowledged_p99=_at(taken, 0.99),
        shown=len(book.shown),
        doubled=len(book.doubled()) if stored.doubled is None else stored.doubled,
        repeats=len(book.repeats),
        unanswered=len(book.unanswered()),
        receipts=dict(telling.receipts),
        echoes=telling.echoes,
        signals=dict(book.signals),
        faults={name: count for name, count in platform.faults.happened.items() if count},
        problems=dict(book.problems),
        stored=stored,
    )


def _at(ordered: Sequence[float], share: float) -> float:
    """In milliseconds; 0 for none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1e3 if ordered else 0.0


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
