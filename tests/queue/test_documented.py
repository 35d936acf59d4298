"""The lanes and the page that lists them say the same."""

from __future__ import annotations

import re
from pathlib import Path

from rejoinder.queue.lanes import LANES

PAGE = Path(__file__).parents[2] / "docs" / "queues.md"


def test_every_lane_stands_on_the_page() -> None:
    table = PAGE.read_text("utf-8").partition("## Lanes")[2].partition("\n\n`deliver`")[0]
    listed = dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", table, re.M))
    assert listed.keys() == {lane.name for lane in LANES}
    idle = {lane.name for lane in LANES if lane.carries == "nothing is sent there yet"}
    assert idle == {name for name, carries in listed.items() if "nothing is sent" in carries}
