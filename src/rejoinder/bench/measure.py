"""The statistics of a run: times in seconds in, figures out; nothing here touches a clock."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of the load: seconds of one monotonic clock.

    `due` is when it should have been sent. Latency counts from there: a generator that waits for a slow server before
    it sends the next message would hide exactly the time that customers spend waiting (coordinated omission).
    """

    due: float
    sent: float
    done: float

    @property
    def latency(self) -> float:
        """Seconds from when it should have been sent to its answer."""
        return self.done - self.due


@dataclass(frozen=True, slots=True)
class Spread:
    """How a set of times is spread, in milliseconds."""

    count: int
    p50: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the conversations of a stretch; each was asked one thing and is owed one reply.

    `refusals` counts the messages that did not get the answer they were due, by what they got.
    """

    asked: int
    lost: int
    doubled: int
    refusals: dict[str, int]

    @property
    def refused(self) -> int:
        """Messages that did not get the answer they were due."""
        return sum(self.refusals.values())

    @property
    def sound(self) -> bool:
        """Whether every message was taken in and answered once."""
        return not (self.refused or self.lost or self.doubled)


@dataclass(frozen=True, slots=True)
class Stages:
    """Where an average turn's time goes, in milliseconds; the stages add up to what the caller waited.

    `take_in`: the caller's request until its conversation is locked. `claim`: that transaction, the queue, until the
    turn is claimed. `read`: window, search and prompt, and after the model the way to the commit's lock. `model`: the
    call, its wire included. `commit`: from the lock to the last statement. `deliver`: COMMIT, the notification, until
    the caller has the reply.
    """

    take_in: float
    claim: float
    read: float
    model: float
    commit: float
    deliver: float

    @property
    def total(self) -> float:
        """What the caller waited."""
        return self.take_in + self.claim + self.read + self.model + self.commit + self.deliver


@dataclass(frozen=True, slots=True)
class Moments:
    """Averages over `turns` turns: seconds since the epoch by PostgreSQL's clock, but `model`, which is a duration.

    The conversation was locked to take the message in (`received`); the turn was claimed; its model calls took `model`;
    the conversation was locked to commit (`locked`); the commit's last statement ran (`ended`).
    """

    turns: int
    received: float
    claimed: float
    model: float
    locked: float
    ended: float


def stages(samples: Sequence[Sample], epoch: float, moments: Moments) -> Stages:
    """The stages of these messages' turns; `epoch` is the samples' zero in seconds since the epoch.

    Averages of the two ends may be subtracted because both are of the same turns. Raises ValueError for none.
    """
    if not samples:
        raise ValueError("no samples")
    sent = epoch + fmean(sample.sent for sample in samples)
    done = epoch + fmean(sample.done for sample in samples)
    return Stages(
        take_in=(moments.received - sent) * 1e3,
        claim=(moments.claimed - moments.received) * 1e3,
        read=(moments.locked - moments.claimed - moments.model) * 1e3,
        model=moments.model * 1e3,
        commit=(moments.ended - moments.locked) * 1e3,
        deliver=(done - moments.ended) * 1e3,
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed. Raises ValueError for none."""
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(seconds: Iterable[float]) -> Spread:
    """The spread of those seconds. Raises ValueError for none."""
    ordered = sorted(seconds)
    return Spread(
        count=len(ordered),
        p50=quantile(ordered, 0.5) * 1e3,
        p99=quantile(ordered, 0.99) * 1e3,
        worst=quantile(ordered, 1.0) * 1e3,
    )


def rate(samples: Sequence[Sample]) -> float:
    """Answers a second, from the first message sent to the last answer. Raises ValueError for none."""
    if not samples:
        raise ValueError("no samples")
    took = max(sample.done for sample in samples) - min(sample.sent for sample in samples)
    return len(samples) / took if took > 0 else 0.0


def tally(asked: Sequence[str], refusals: dict[str, int], replies: dict[str, int]) -> Tally:
    """Compare the threads that were asked with the replies stored for each; a refused one may have none."""
    counts = [replies.get(thread, 0) for thread in asked]
    return Tally(
        asked=len(asked),
        lost=max(0, sum(count == 0 for count in counts) - sum(refusals.values())),
        doubled=sum(count > 1 for count in counts),
        refusals=refusals,
    )


def together(tallies: Sequence[Tally]) -> Tally:
    """The sum of several."""
    refusals: Counter[str] = Counter()
    for each in tallies:
        refusals.update(each.refusals)
    return Tally(
        asked=sum(each.asked for each in tallies),
        lost=sum(each.lost for each in tallies),
        doubled=sum(each.doubled for each in tallies),
        refusals=dict(refusals),
    )


def middle(values: Sequence[float]) -> float:
    """The median; 0 for none."""
    return median(values) if values else 0.0


def arrivals(rate: float, seconds: float) -> list[float]:
    """When the messages of an open loop are due, in seconds from its start: evenly spaced, at least one."""
    return [number / rate for number in range(max(1, round(rate * seconds)))]
