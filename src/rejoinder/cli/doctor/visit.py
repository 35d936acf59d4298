"""Checks made one after the other: each announced, limited in time, and unable to hide the others."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import asyncpg

from rejoinder.cli.doctor.report import Finding
from rejoinder.db import AWAY
from rejoinder.errors import RejoinderError
from rejoinder.telemetry.logs import log

T = TypeVar("T")

_CLEAR = "\r\x1b[K"  # back to the line's begin, and what stood there is gone


class Visit:
    """What was found so far; `tell` is called with each finding as it comes."""

    def __init__(self, tell: Callable[[Finding], None]) -> None:
        self.found: list[Finding] = []
        self._tell = tell

    def add(self, finding: Finding) -> None:
        """Keep and tell a finding."""
        self.found.append(finding)
        progress("")
        self._tell(finding)

    async def check(self, name: str, seconds: float, work: Awaitable[Iterable[Finding]]) -> bool:
        """Add what `work` finds; False when it failed, which then is a finding of its own."""
        findings = await self.attempt(name, seconds, work)
        for finding in findings or ():
            self.add(finding)
        return findings is not None

    async def attempt(self, name: str, seconds: float, work: Awaitable[T]) -> T | None:
        """What `work` gives; None when it fails or takes longer, and that is added as wrong under `name`."""
        progress(f"{name} …")
        try:
            async with asyncio.timeout(seconds):
                return await work
        except Exception as failed:  # noqa: BLE001 - one check must not hide the others; it is told, not passed over
            self.add(_failure(name, seconds, failed))
            return None
        finally:
            progress("")


def progress(line: str) -> None:
    """Show on the terminal, if there is one, what takes time now; an empty line removes it."""
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR + line)
        sys.stderr.flush()


def _failure(name: str, seconds: float, failed: Exception) -> Finding:
    match failed:
        case RejoinderError():
            return Finding(name, "wrong", failed.detail, failed.mend)
        case TimeoutError():
            return Finding(
                name,
                "wrong",
                f"This check was not over after {seconds:.0f} s.",
                "Look at how busy the machine, its disk and PostgreSQL are, then run doctor again.",
            )
        case PermissionError():
            return Finding(
                name,
                "wrong",
                f"{failed.filename or name} is closed to this user.",
                "Run this as the user who runs Rejoinder.",
            )
        case asyncpg.PostgresError() | OSError():
            return Finding(name, "wrong", f"{failed}.", "Mend that, then run doctor again.")
        case _ if isinstance(failed, AWAY):
            return Finding(
                name,
                "wrong",
                f"PostgreSQL went away ({type(failed).__name__}).",
                "See that it stays up, then run doctor again.",
            )
    log.debug("doctor_check_failed", check=name, exc_info=failed)
    return Finding(
        name,
        "wrong",
        f"The check itself failed ({type(failed).__name__}).",
        "LOG_LEVEL=debug rejoinder doctor shows where.",
    )
