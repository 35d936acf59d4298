"""Files are read in a process of their own, bounded in memory and time: a file that harms its reader harms no more.

The process gets nothing of this one's environment but what it needs to start, so no key or address of a database.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from rejoinder.errors import Invalid, Unavailable
from rejoinder.knowledge.importing.formats.model import Read, broken, too_much
from rejoinder.knowledge.importing.formats.read import format_of, read

SECONDS: Final = 90.0
"""In all; a thousand pages of PDF take about 30."""

MEMORY: Final = 1536 * 1024 * 1024
"""Of addresses; a PDF of 25 MB needs about a third of it."""

_SMALL = 1024 * 1024
"""Of the simple formats: their readers take no more than some ten times as much."""

_AT_ONCE = 2
_PASSED = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP")


class Reading:
    """Reads files, so many at once that they leave room for other work. One for each process and loop."""

    def __init__(self, at_once: int = _AT_ONCE, seconds: float = SECONDS) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._seconds = seconds

    async def read(self, data: bytes, mime_type: str | None, filename: str | None = None) -> Read:
        """As `formats.read`. Raises Invalid also for what takes too long or too much memory."""
        simple = len(data) <= _SMALL and format_of(data, mime_type, filename) not in ("pdf", "docx")
        async with self._places:
            if simple:
                return await asyncio.to_thread(read, data, mime_type, filename)
            return await read_apart(data, mime_type, filename, seconds=self._seconds)


async def read_apart(
    data: bytes,
    mime_type: str | None,
    filename: str | None = None,
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Read:
    """The file as Markdown, read by another process within `seconds` and `memory` bytes.

    Raises Invalid, and Unavailable where no process can be started.
    """
    told = json.dumps([mime_type, filename, memory, int(seconds)]).encode()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "rejoinder.knowledge.importing.formats.apart",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED if name in os.environ},
        )
    except OSError as none:
        raise Unavailable(
            f"No process to read the file in could be started ({type(none).__name__}).",
            mend="Send it again later.",
            retry_after=10,
        ) from None
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate(told + b"\n" + data)
    except TimeoutError:
        raise too_much(f"Reading it takes more than {seconds:g} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return _answered(answer, process.returncode)


def _answered(answer: bytes, code: int | None) -> Read:
    try:
        found = json.loads(answer)
    except ValueError:
        # It was killed for its memory or its time, or fell over what is in the file.
        raise too_much(f"Reading it takes too much memory or time (ended with {code})") from None
    if "read" in found:
        return Read(**found["read"])
    raise Invalid(found["detail"], mend=found["mend"], where=found["where"], code=found["code"])


def main() -> None:
    """Read a file from standard input, write what it is to standard output."""
    first, _, data = sys.stdin.buffer.read().partition(b"\n")
    mime_type, filename, memory, seconds = json.loads(first)
    _limit(memory, seconds)
    sys.setrecursionlimit(5_000)
    sys.stdout.buffer.write(json.dumps(_told(data, mime_type, filename)).encode())


def _told(data: bytes, mime_type: str | None, filename: str | None) -> dict[str, Any]:
    try:
        try:
            return {"read": asdict(read(data, mime_type, filename))}
        except MemoryError:
            raise too_much("Reading it takes too much memory") from None
        except RecursionError:
            raise broken("a document", "it is nested too deep") from None
    except Invalid as wrong:
        return {
            "detail": wrong.detail,
            "mend": wrong.mend,
            "where": wrong.where,
            "code": wrong.code,
        }


def _limit(memory: int, seconds: int) -> None:
    """Bound this process, where the system knows how (not on Windows; macOS bounds time alone)."""
    try:
        import resource
    except ImportError:
        return
    for which, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory)):
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main()
