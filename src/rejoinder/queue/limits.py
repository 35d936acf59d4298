"""How much of a lane one worker does at once, and how many of its jobs a second it begins: `REJOINDER_LANES`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rejoinder.errors import Setup
from rejoinder.queue.lanes import LANES, find, unknown

GRAMMAR = (
    "Write LANE=CONCURRENCY, LANE=CONCURRENCY@RATE/s or LANE=@RATE/min, several with commas between: "
    "turns=2000,deliver.rest=200@50/s. CONCURRENCY is a whole number from 1 to 100000, RATE a number above 0."
)

_LIMIT = re.compile(
    r"\s*(?P<lane>[^=\s]+)\s*=\s*(?P<concurrency>[0-9]{1,6})?\s*"
    r"(?:@\s*(?P<rate>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*/\s*(?P<unit>s|min))?\s*"
)
_MOST = 100_000
_SECONDS = {"s": 1.0, "min": 60.0}


@dataclass(frozen=True, slots=True)
class Limit:
    """Of one lane, in one worker. `rate` is jobs begun a second, None for as many as there are."""

    concurrency: int
    rate: float | None = None


def limits(setting: str | None, max_turns: int) -> Mapping[str, Limit]:
    """Each lane's limit: its default, and what the setting says instead; where it says two things, the later.

    Raises Setup, with the grammar, when the setting can't be read or names no lane.
    """
    chosen = {lane.name: Limit(lane.concurrency or max_turns) for lane in LANES}
    for part in filter(str.strip, (setting or "").split(",")):
        match = _LIMIT.fullmatch(part)
        if match is None or (match["concurrency"] is None and match["rate"] is None):
            raise _wrong(f"REJOINDER_LANES: {part.strip()!r} can't be read.", GRAMMAR)
        named = find(match["lane"])
        if not named:
            detail, mend = unknown(match["lane"])
            raise _wrong(f"REJOINDER_LANES: {detail}", mend)
        for lane in named:
            chosen[lane.name] = _changed(chosen[lane.name], match, part.strip())
    return chosen


def _changed(limit: Limit, match: re.Match[str], part: str) -> Limit:
    if match["concurrency"] is not None:
        limit = replace(limit, concurrency=int(match["concurrency"]))
    if match["rate"] is not None:
        limit = replace(limit, rate=float(match["rate"]) / _SECONDS[match["unit"]])
    if not 1 <= limit.concurrency <= _MOST or (limit.rate is not None and limit.rate <= 0):
        raise _wrong(
            f"REJOINDER_LANES: {part!r} has a number that is too small or too large.", GRAMMAR
        )
    return limit


def _wrong(detail: str, mend: str) -> Setup:
    return Setup(detail, mend=mend, code="bad_settings")
