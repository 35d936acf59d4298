"""What the processes under test use: processor time and memory, ours and PostgreSQL's apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of processor time (user and system) since each process began."""

    server: float
    postgres: float
    model: float
    load: float

    def since(self, earlier: Cpu) -> Cpu:
        """What was used after `earlier`."""
        return Cpu(
            self.server - earlier.server,
            self.postgres - earlier.postgres,
            self.model - earlier.model,
            self.load - earlier.load,
        )

    def times(self, factor: float) -> Cpu:
        """Each figure times `factor`."""
        return Cpu(
            self.server * factor, self.postgres * factor, self.model * factor, self.load * factor
        )

    @classmethod
    def sum(cls, parts: Iterable[Cpu]) -> Cpu:
        """All of them together."""
        each = list(parts)
        return cls(
            sum(part.server for part in each),
            sum(part.postgres for part in each),
            sum(part.model for part in each),
            sum(part.load for part in each),
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `server_rss` is the server process alone.

    `postgres` counts memory that PostgreSQL's processes share once: the sum of their proportional set sizes where the
    system tells them (Linux), else of what is each one's own.
    """

    server_rss: int
    postgres: int
    postgres_counts: str


@dataclass(frozen=True, slots=True)
class Watched:
    """The processes under test, and this one, which makes the load."""

    server: psutil.Process
    model: psutil.Process

    def cpu(self) -> Cpu:
        """Processor time so far; that of PostgreSQL's backends that have ended is in its parent's account."""
        roots, others = self._postgres()
        ended = 0.0
        for root in roots:
            times = root.cpu_times()
            ended += times.children_user + times.children_system
        return Cpu(
            server=_seconds(self.server),
            postgres=ended + sum(map(_seconds, [*roots, *others])),
            model=_seconds(self.model),
            load=_seconds(psutil.Process()),
        )

    def memory(self) -> Memory:
        """Memory now."""
        roots, others = self._postgres()
        counts = "PSS" if hasattr(self.server.memory_full_info(), "pss") else "USS"
        total = sum(_own(process, counts.lower()) for process in [*roots, *others])
        return Memory(self.server.memory_info().rss, total, counts)

    def _postgres(self) -> tuple[Sequence[psutil.Process], Sequence[psutil.Process]]:
        roots = [child for child in self.server.children() if child.name() == "postgres"]
        return roots, [child for root in roots for child in root.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):  # a backend that has just left
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _own(process: psutil.Process, kind: str) -> int:
    with suppress(psutil.NoSuchProcess):
        return int(getattr(process.memory_full_info(), kind))
    return 0
