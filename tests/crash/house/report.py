"""What was done and counted, and what the processes complained of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from pydantic_core import from_json

from tests.crash.house import ledger
from tests.crash.house.house import House
from tests.crash.house.shop import Shop
from tests.crash.house.storm import Storm


def done(house: House, storm: Storm, long: str) -> list[str]:
    """The blows, and what they were given to bear; `long` is the thread whose model call lasts the storm."""
    return [
        *table(storm.blows),
        f"{'processes started again, PostgreSQL was away':45}{house.started_again:8}",
        f"{'longest time without PostgreSQL, s':45}{max(storm.outages, default=0.0):8.1f}",
        f"{'model calls for the answer that takes longest':45}{house.model.calls[long]:8}",
    ]


def table(counts: Mapping[str, int]) -> list[str]:
    """One line a kind."""
    return [f"{kind:45}{times:8}" for kind, times in sorted(counts.items())]


async def came_of_it(shops: Mapping[str, Shop]) -> list[str]:
    """One column a shop."""
    counts = {name: await shop.counted() for name, shop in shops.items()}
    turns = {name: await ledger.turns(shop.house, shop.channel_id) for name, shop in shops.items()}
    unknown = {
        name: await ledger.of_unknown_fate(shop.house, shop.channel_id)
        for name, shop in shops.items()
    }
    rows = {
        "conversations": {name: len(shop.said) for name, shop in shops.items()},
        "messages": {name: each.messages for name, each in counts.items()},
        "sent again by customers, not acknowledged": {n: s.retried for n, s in shops.items()},
        "replies": {name: each.replies for name, each in counts.items()},
        "of these the fallback text": {name: each.fallbacks for name, each in counts.items()},
        "posted again under the same id": {name: each.repeated for name, each in counts.items()},
        "posts that the receiver failed": {n: s.receiver.failed for n, s in shops.items()},
        "messages whose reply is of unknown fate": {n: len(each) for n, each in unknown.items()},
        "messages of these that did arrive": {n: _arrived(s, unknown[n]) for n, s in shops.items()},
        "lost": {name: len(each.lost) for name, each in counts.items()},
        "doubled": {name: len(each.doubled) for name, each in counts.items()},
        "out of order": {name: len(each.out_of_order) for name, each in counts.items()},
        **{
            f"turns {state}": {name: found.get(state, 0) for name, found in turns.items()}
            for state in sorted({state for found in turns.values() for state in found})
        },
    }
    head = " " * 45 + "".join(f"{name:>8}" for name in shops)
    return [
        head,
        *(f"{what:45}" + "".join(f"{found[n]:8}" for n in shops) for what, found in rows.items()),
    ]


def _arrived(shop: Shop, tokens: set[str]) -> int:
    return len(tokens & {token for post in shop.receiver.posts for token in post.answers})


def complaints(top: Path) -> list[str]:
    """What the processes logged, by event."""
    found: Counter[tuple[str, str]] = Counter()
    for log in top.rglob("*.log"):
        if log.name == "server.log":
            continue
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("{"):
                said = from_json(line, allow_partial=True)
                found[str(said.get("level")), re.sub(r"\d+", "N", str(said.get("event")))] += 1
            elif line.startswith("Traceback"):
                found["error", f"a traceback in {log.name}"] += 1
    return [f"{level:8} {event:45}{times:8}" for (level, event), times in sorted(found.items())]
