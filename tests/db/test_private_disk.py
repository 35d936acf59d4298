"""A full disk: it is said, nothing that was acknowledged is lost, and with room it goes on."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from rejoinder.db import Database, connect, new_id
from rejoinder.db.private import own
from rejoinder.errors import Setup, Unavailable
from tests.eventually import eventually

from .private_run import ask, folder, silent

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can mount a small disk: run the tests as root"
)

MEGABYTE = """
INSERT INTO kept SELECT $1, string_agg(md5(random()::text), '') FROM generate_series(1, 30000)
"""

Resize = Callable[[str], None]


@pytest.fixture
def small() -> Iterator[tuple[Path, Resize]]:
    """A data folder on a disk of 110 MB, and what makes the disk larger."""
    with folder() as data:
        data.mkdir()
        options = ["-t", "tmpfs", "-o", "size=110m,mode=755", "tmpfs"]
        made = subprocess.run(
            ["mount", *options, data], capture_output=True, text=True, check=False
        )
        if made.returncode:
            pytest.skip(f"no disk can be mounted here: {made.stderr.strip()}")

        def resize(size: str) -> None:
            subprocess.run(["mount", "-o", f"remount,size={size}", data], check=True)

        try:
            yield data, resize
        finally:
            subprocess.run(["umount", "--lazy", data], check=True)


async def test_what_was_acknowledged_is_there_when_there_is_room_again(
    small: tuple[Path, Resize],
) -> None:
    data, resize = small
    async with own(data, silent) as dsn:
        await ask(dsn, "CREATE TABLE kept (number int, filling text)")
        db = await connect(dsn, size=2, patience=1)
        kept = itertools.count()
        with pytest.raises(Unavailable) as refused:
            await _fill(db, kept)
        assert "disk is full" in str(refused.value)
        await db.close()
        resize("300m")
        await eventually(lambda: _answers(dsn), 30)
        begun = next(kept)  # the last one began, and it may have been stored before its server fell
        assert begun > 1
        assert await ask(dsn, "SELECT count(*) FROM kept") in {begun - 1, begun}
        await ask(dsn, "INSERT INTO kept VALUES (-1, '') RETURNING number")


async def _fill(db: Database, numbers: Iterator[int]) -> None:
    for number in numbers:
        async with db.transaction(new_id()) as tx:
            await tx.connection.execute(MEGABYTE, number)


async def _answers(dsn: str) -> bool:
    try:
        return bool(await ask(dsn, "SELECT 1") == 1)
    except (OSError, asyncpg.PostgresError):  # it is starting again
        return False


async def test_a_disk_too_small_for_a_new_one_is_said_and_leaves_nothing(
    small: tuple[Path, Resize],
) -> None:
    data, resize = small
    resize("20m")
    with pytest.raises(Setup, match="21 MB free"):
        async with own(data, silent):
            pytest.fail("it has no room")
    left = {path.name for path in (data / "postgres").iterdir()}
    assert left == {"keys.json"}
    resize("300m")
    async with own(data, silent) as dsn:
        assert await ask(dsn, "SELECT 1") == 1
