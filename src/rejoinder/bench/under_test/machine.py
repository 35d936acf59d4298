"""Where a run was made: the machine, the versions, our own commit."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

import rejoinder


@dataclass(frozen=True, slots=True)
class Machine:
    """`commit` is None outside a git checkout; it ends in `+` when files differ from it."""

    cpus: int
    cpu_model: str
    memory_gib: float
    system: str
    python: str
    postgres: str
    rejoinder: str
    commit: str | None

    def line(self, date: str) -> str:
        """It in a sentence."""
        return (
            f"Rejoinder {self.rejoinder}{f' ({self.commit})' if self.commit else ''}, {date}: "
            f"{self.cpus} CPUs ({self.cpu_model}), {self.memory_gib:.0f} GiB, {self.system}, "
            f"Python {self.python}, PostgreSQL {self.postgres}."
        )


def machine(postgres: str) -> Machine:
    """This machine. Blocks for a few milliseconds: git is asked."""
    return Machine(
        cpus=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        cpu_model=_cpu_model(),
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        postgres=postgres,
        rejoinder=rejoinder.__version__,
        commit=_commit(),
    )


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def checkout() -> Path | None:
    """The folder of our own git checkout, if this program runs from one."""
    file = Path(rejoinder.__file__)
    # Installed into somebody's own checkout, our files are not tracked there: that commit is not ours.
    if _git(file, "ls-files", "--error-unmatch", file.name) is None:
        return None
    root = _git(file, "rev-parse", "--show-toplevel")
    return Path(root) if root else None


def _commit() -> str | None:
    if checkout() is None:
        return None
    file = Path(rejoinder.__file__)
    commit = _git(file, "rev-parse", "--short", "HEAD")
    changed = _git(file, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+" if commit and changed else commit


def _git(file: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(file.parent), *arguments],  # noqa: S607 - the operator's own git
            capture_output=True,
            check=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
