"""What a worker does again and again beside its jobs: sweeps, cleaning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from rejoinder.db import AWAY, BUSY
from rejoinder.errors import Unavailable
from rejoinder.telemetry.logs import log


async def rounds(name: str, pause: float, work: Callable[[int], Awaitable[object]]) -> None:
    """Do `work`, given the round's number from 0, with `pause` seconds after each, for as long as the worker lives.

    No failure ends it: nobody else would do this work. The log has `NAME_waits` where the database was away or busy,
    `NAME_failed` for anything else.
    """
    number = 0
    while True:
        try:
            await work(number)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning(f"{name}_waits", error=str(away))
        except Exception:  # noqa: BLE001 - logged; the next round tries again
            log.exception(f"{name}_failed")
        number += 1
        await asyncio.sleep(pause)
