"""Descriptors 0, 1 and 2, which some supervisors and cron wrappers close."""

from __future__ import annotations

import os


def hold_standard() -> None:
    """Open to nowhere those that are closed, before an event loop exists.

    Else a socket gets the number, and libuv aborts when that closes (`uv__close`: fd > STDERR_FILENO).
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
