"""SIGTERM and SIGINT, from the first moment on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable


class Stop:
    """During the start a signal cancels it; later the first one ends the program in order, a second one in haste."""

    def __init__(self) -> None:
        self.asked = False
        self._starting = asyncio.current_task()
        self._end: Callable[[], None] | None = None
        self._hurry: Callable[[], None] | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.ask)

    def started(self, end: Callable[[], None], hurry: Callable[[], None]) -> None:
        """From here on a signal calls `end`, each further one `hurry`."""
        self._end, self._hurry = end, hurry
        if self.asked:
            end()

    def ask(self) -> None:
        """What a signal does."""
        first, self.asked = not self.asked, True
        if self._end is None or self._hurry is None:
            if first and self._starting is not None:
                self._starting.cancel()
        elif first:
            self._end()
        else:
            self._hurry()
