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
    """Bytes. `server_rss` is the server and the processes it started, PostgreSQL's left out.

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
        tree = self._tree()
        ended = 0.0
        for root in tree.postmasters:
            times = root.cpu_times()
            ended += times.children_user + times.children_system
        return Cpu(
            server=sum(map(_seconds, tree.ours)),
            postgres=ended + sum(map(_seconds, [*tree.postmasters, *tree.backends])),
            model=_seconds(self.model),
            load=_seconds(psutil.Process()),
        )

    def memory(self) -> Memory:
        """Memory now."""
        tree = self._tree()
        counts = "PSS" if hasattr(self.server.memory_full_info(), "pss") else "USS"
        total = sum(
            _own(process, counts.lower()) for process in [*tree.postmasters, *tree.backends]
        )
        return Memory(self.rss(), total, counts)

    def rss(self) -> int:
        """Resident bytes of the server and the processes it started, PostgreSQL's left out."""
        return sum(process.memory_info().rss for process in self._tree().ours)

    def _tree(self) -> _Tree:
        children = self.server.children()
        roots = [child for child in children if child.name() == "postgres"]
        backends = [child for root in roots for child in root.children(recursive=True)]
        return _Tree([self.server, *(c for c in children if c not in roots)], roots, backends)


@dataclass(frozen=True, slots=True)
class _Tree:
    ours: Sequence[psutil.Process]
    postmasters: Sequence[psutil.Process]
    backends: Sequence[psutil.Process]


def _seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):  # a backend that has just left
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _own(process: psutil.Process, kind: str) -> int:
    with suppress(psutil.NoSuchProcess):
        return int(getattr(process.memory_full_info(), kind))
    return 0
