"""SIGTERM, SIGINT and the terminal's closing, from the first moment on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable


class Stop:
    """During the start a signal cancels it; later the first one ends the program in order, a second one in haste."""

    def __init__(self) -> None:
        self.asked = False
        self._starting = asyncio.current_task()
        self._end: Callable[[], None] | None = None
        self._hurry: Callable[[], None] | None = None
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ask)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup wants us to stay
            loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    def started(self, end: Callable[[], None], hurry: Callable[[], None]) -> None:
        """From here on a signal calls `end`, each further one `hurry`."""
        self._end, self._hurry = end, hurry
        if self.asked:
            end()

    def end(self) -> None:
        """End in order; nothing more if that was asked for already."""
        if not self.asked:
            self.ask()

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

    def _hang_up(self) -> None:
        """End in order. Writing to a terminal that was closed fails, which must not happen to a turn that finishes."""
        for descriptor in (1, 2):
            try:
                os.write(descriptor, b"")
            except OSError:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, descriptor)
                os.close(nowhere)
        self.end()
