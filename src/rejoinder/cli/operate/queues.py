"""`rejoinder queues`: the lanes and what waits in them."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table

from rejoinder.api.work.load import Load, loads
from rejoinder.cli.operate.database import database
from rejoinder.cli.run import run_async
from rejoinder.queue.limits import limits
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure

_WIDE = 240
_COLUMNS = "lane waiting delayed active completed failed oldest a/minute at_once rate aliases"


def run_queues() -> None:
    """Print the table of the whole installation."""
    settings = load()
    configure(settings.log_level, settings.log_format)
    run_async(_queues(settings))


async def _queues(settings: Settings) -> None:
    limited = limits(settings.lanes, settings.max_turns)
    async with database(settings, "rejoinder queues") as db:
        found = await loads(db, None, limited)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in _COLUMNS.split():
        table.add_column(
            name.replace("_", " "), justify="left" if name in ("lane", "aliases") else "right"
        )
    for lane in found:
        table.add_row(*_row(lane))
    # Where nobody looks at it, another program may: one line a lane.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def _row(lane: Load) -> tuple[str, ...]:
    counts = lane.counts
    numbers = (counts.waiting, counts.delayed, counts.active, counts.completed, counts.failed)
    return (
        lane.name,
        *map(str, numbers),
        "" if counts.oldest is None else f"{counts.oldest:.1f} s",
        str(counts.throughput),
        str(lane.concurrency),
        "" if lane.rate is None else f"{lane.rate:g}/s",
        ", ".join(lane.aliases),
    )
