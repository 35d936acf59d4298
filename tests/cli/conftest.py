"""The command as its user runs it: a process of its own, with an environment of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from rejoinder.db import new_id
from tests import forks

COMMAND = (str(Path(sys.executable).with_name("rejoinder")),)
SECRET = "a key of the tests, thirty-two bytes and more"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Ended]]


def environment(folder: Path, **given: str) -> dict[str, str]:
    """Only what is given, and what a process needs."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return {**kept, "REJOINDER_DATA": str(folder / "data"), "COLUMNS": "200", **given}


@contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that every user may enter: as root the program's PostgreSQL runs as another one."""
    folder = Path(tempfile.mkdtemp(prefix="rejoinder-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `rejoinder` with arguments, `typed` on its standard input and settings, in an empty folder."""

    async def run(*arguments: str, typed: str = "", **settings: str) -> Ended:
        asked = forks.run(
            *arguments,
            folder=tmp_path,
            environment=environment(tmp_path, **settings),
            typed=typed.encode(),
        )
        code, out, err = await asyncio.wait_for(asked, 60)
        ended = Ended(code, out.decode(), err.decode())
        assert "Traceback" not in ended.err + ended.out, ended.err
        return ended

    return run


def refused(ended: Ended, *says: str) -> None:
    """Check that a command told what is wrong and how to mend it, and failed."""
    assert ended.code == 1, ended
    lines = ended.err.splitlines()  # what it was doing comes before
    begins = [at for at, line in enumerate(lines) if line.startswith("rejoinder: ")]
    assert len(begins) == 1, ended.err
    told = lines[begins[0] :]
    assert len(told) > 1, f"no word on how to mend it: {ended.err}"
    for part in says:
        assert part in ended.err


@pytest.fixture
async def schema_url(dsn: str) -> AsyncIterator[str]:
    """A DATABASE_URL that sees an empty schema of its own."""
    name = f"cli_{new_id().hex}"
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"CREATE SCHEMA {name}")
    yield f"{dsn}{'&' if '?' in dsn else '?'}search_path={name}"
    await admin.execute(f"DROP SCHEMA {name} CASCADE")
    await admin.close()
