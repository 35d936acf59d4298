"""Lines of the standard input as they come; who waits for one can be told to stop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import suppress


async def typed(descriptor: int = 0) -> AsyncIterator[str]:
    """Each line without its end, until the input ends."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody listens any more
            rest = b""
            while part := _part(descriptor):
                *whole, rest = (rest + part).split(b"\n")
                for line in whole:
                    loop.call_soon_threadsafe(lines.put_nowait, _text(line))
            if rest:
                loop.call_soon_threadsafe(lines.put_nowait, _text(rest))
            loop.call_soon_threadsafe(lines.put_nowait, None)

    # A daemon, and no lock of sys.stdin's: a read that never ends must not keep the program from ending.
    threading.Thread(target=read, name="typed", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


def _part(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the terminal was closed
        return b""


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")
