"""`rejoinder backup`, `restore`, `db upgrade`: everything is there afterwards, or nothing was touched."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from rejoinder.app.database import bring_forward
from rejoinder.app.sample import sample
from rejoinder.db import connect
from rejoinder.db.backup import backup
from rejoinder.db.private import cluster, own
from rejoinder.db.private.folder import Folder
from rejoinder.db.private.owner import hold
from rejoinder.db.private.postmaster import holders
from rejoinder.db.private.server import running
from rejoinder.db.private.start import prepare
from rejoinder.db.private.upgrade import upgrade
from rejoinder.errors import Setup
from tests.cli.conftest import COMMAND, Run, environment, open_folder, refused
from tests.cli.tls import speaking_tls
from tests.clusters import CLUSTERS

ODD = "ก\\x00'\"\t\n\u2028 é e\u0301 👍🏽 \\N"


def silent(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
async def folder() -> AsyncIterator[Path]:
    """A data folder with the sample workspace and a row that is hard to write down; nothing runs on it."""
    with open_folder() as top:
        await CLUSTERS.settle(top / "data")
        async with own(top / "data", silent) as dsn:
            await _fill(dsn)
        yield top


async def _fill(dsn: str) -> None:
    await bring_forward(dsn)
    db = await connect(dsn)
    shop = await sample(db)
    async with db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute("UPDATE bots SET persona = $1", ODD)
    await db.close()


async def _look(dsn: str) -> tuple[str, int]:
    connection = await asyncpg.connect(dsn)
    try:
        persona = await connection.fetchval("SELECT persona FROM bots")
        return persona, await connection.fetchval("SELECT count(*) FROM knowledge_chunks")
    finally:
        await connection.close()


async def test_a_backup_becomes_the_same_in_a_new_folder(folder: Path, run: Run) -> None:
    file = folder / "one.backup"
    at = {"REJOINDER_DATA": str(folder / "data")}
    done = await run("backup", "--out", str(file), **at)
    assert done.code == 0, done
    assert "The secret key is not in it" in done.out
    assert file.stat().st_mode & 0o777 == 0o600
    there = await run("restore", str(file), REJOINDER_DATA=str(folder / "there"))
    assert there.code == 0, there
    assert "all there" in there.out
    async with own(folder / "data", silent) as dsn:
        before = await _look(dsn)
    async with own(folder / "there", silent) as dsn:
        assert await _look(dsn) == before
        assert before[0] == ODD
        with pytest.raises(asyncpg.UniqueViolationError):
            await _repeat_a_name(dsn)
    again = await run("restore", str(file), REJOINDER_DATA=str(folder / "there"))
    refused(again, "not empty", "Nothing was changed")
    refused(await run("backup", "--out", str(file), **at), "exists already")


async def _repeat_a_name(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("UPDATE channels SET name = 'REST'")
    finally:
        await connection.close()


async def test_a_running_server_is_backed_up(folder: Path, run: Run) -> None:
    """Through the file that the owner of the folder leaves for others."""
    file = folder / "two.backup"
    async with own(folder / "data", silent):
        done = await run("backup", "--out", str(file), REJOINDER_DATA=str(folder / "data"))
        again = await run("migrate", REJOINDER_DATA=str(folder / "data"))
    assert done.code == 0, done
    assert (again.code, again.err) == (0, ""), again  # it attached too, and made nothing


async def test_your_own_database_is_backed_up_and_restored(run: Run, schema_url: str) -> None:
    with open_folder() as top:
        settings = {
            "DATABASE_URL": schema_url,
            "REJOINDER_SECRET_KEY": "a key of the tests",
        }
        file = top / "own.backup"
        refused(await run("backup", "--out", str(file), **settings), "holds no Rejoinder")
        assert not file.exists()
        await _fill(schema_url)
        assert (await run("backup", "--out", str(file), **settings)).code == 0
        refused(await run("restore", str(file), **settings), "not empty")
        before = await _look(schema_url)
        schema = schema_url.rpartition("=")[2]
        connection = await asyncpg.connect(schema_url)
        await connection.execute(f"DROP SCHEMA {schema} CASCADE")
        await connection.execute(f"CREATE SCHEMA {schema}")
        await connection.close()
        done = await run("restore", str(file), **settings)
        assert done.code == 0, done
        assert await _look(schema_url) == before


DAMAGES = [
    "cut",
    "a flipped bit",
    "no manifest",
    "another format",
    "not a backup",
    "of a later release",
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_backup_is_refused_before_anything_is_made(
    folder: Path, run: Run, damage: str
) -> None:
    file, bad = folder / f"{damage}.whole", folder / f"{damage}.backup"
    async with own(folder / "data", silent) as dsn:
        await backup(dsn, file, silent)
    _damage(file, bad, damage)
    target = folder / f"for {damage}"
    ended = await run("restore", str(bad), REJOINDER_DATA=str(target))
    assert ended.code == 1, ended
    expected = "newer Rejoinder" if damage == "of a later release" else "no whole backup"
    assert expected in ended.err
    assert not target.exists()


def _damage(file: Path, bad: Path, damage: str) -> None:
    raw = bytearray(file.read_bytes())
    if damage == "cut":
        bad.write_bytes(raw[: len(raw) // 2])
    elif damage == "a flipped bit":
        raw[len(raw) // 2] ^= 1
        bad.write_bytes(raw)
    elif damage == "not a backup":
        bad.write_text("hello")
    else:
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(bad, "w") as new:
            told = json.loads(old.read("manifest.json"))
            new.writestr("database.dump", old.read("database.dump"))
            if damage == "another format":
                new.writestr("manifest.json", json.dumps({**told, "format": 2}))
            if damage == "of a later release":
                new.writestr("manifest.json", json.dumps({**told, "revision": "9999"}))


async def test_what_came_is_compared_with_what_was_written(folder: Path, run: Run) -> None:
    file, lying = folder / "true.backup", folder / "lying.backup"
    async with own(folder / "data", silent) as dsn:
        await backup(dsn, file, silent)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(lying, "w") as new:
        told = json.loads(old.read("manifest.json"))
        told["tables"]["bots"]["checksum"] = "0"
        new.writestr("database.dump", old.read("database.dump"))
        new.writestr("manifest.json", json.dumps(told))
    ended = await run("restore", str(lying), REJOINDER_DATA=str(folder / "lied to"))
    refused(ended, "differs from what was written, in: bots")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
async def test_a_full_disk_leaves_no_half_backup(folder: Path, run: Run) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mounted = await asyncio.create_subprocess_exec(
        "mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(disk), stderr=asyncio.subprocess.PIPE
    )
    _, told = await mounted.communicate()
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {told.decode().strip()}")
    try:
        ended = await run(
            "backup", "--out", str(disk / "full.backup"), REJOINDER_DATA=str(folder / "data")
        )
        refused(ended, "No space left", "--out")
        assert list(disk.iterdir()) == []
    finally:
        await (await asyncio.create_subprocess_exec("umount", str(disk))).wait()


@pytest.fixture
def as_16(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a cluster of version 16 be made: it knew no builtin locale."""
    flags = (flag for flag in cluster._INITDB if "builtin" not in flag)
    monkeypatch.setattr(cluster, "_INITDB", tuple(flags))


@pytest.mark.usefixtures("as_16")
async def test_a_postgresql_of_before_is_upgraded_and_kept(run: Run) -> None:
    with open_folder() as top:
        data, at = top / "data", {"REJOINDER_DATA": str(top / "data")}
        old = replace(Folder.at(data), place="16", major="16")
        data.mkdir(mode=0o755)
        async with running(prepare(old, silent), silent) as dsn:
            await _fill(dsn)
            before = await _look(dsn)
        refused(await run("serve", PORT="0", **at), "made by PostgreSQL 16", "rejoinder db upgrade")
        done = await run("db", "upgrade", **at)
        assert done.code == 0, done
        assert f"kept in {data / 'postgres' / '16'}" in done.out
        async with own(data, silent) as dsn:
            assert await _look(dsn) == before
        async with running(prepare(old, silent), silent) as dsn:
            assert await _look(dsn) == before
        assert "already" in (await run("db", "upgrade", **at)).out
        names = {path.name for path in (data / "postgres").iterdir()}
        assert names == {"16", "18", "keys.json", "server.log"}


@pytest.mark.usefixtures("as_16")
async def test_an_upgrade_that_fails_half_way_changes_nothing(run: Run) -> None:
    with open_folder() as top:
        data, at = top / "data", {"REJOINDER_DATA": str(top / "data")}
        refused(await run("db", "upgrade", **at), "no PostgreSQL in")
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o755)
        old = replace(Folder.at(data), place="16", major="16")
        async with running(prepare(old, silent), silent) as dsn:
            connection = await asyncpg.connect(dsn)
            await connection.execute("CREATE TABLE alembic_version (version_num text)")
            await connection.execute("INSERT INTO alembic_version VALUES ('9999')")
            await connection.close()
        refused(await run("db", "upgrade", **at), "newer Rejoinder")
        names = {path.name for path in (data / "postgres").iterdir()}
        assert not {"18", "upgrade.backup", ".18.upgrade"} & names


def test_only_one_of_two_programs_upgrades() -> None:
    with open_folder() as top:
        folder = Folder.at(top / "data")
        with hold(folder), pytest.raises(Setup, match="Another Rejoinder"):
            asyncio.run(upgrade(top / "data", silent))


@pytest.mark.usefixtures("as_16")
async def test_an_upgrade_that_is_killed_is_begun_anew(run: Run) -> None:
    """Killed while the new PostgreSQL runs: it is left behind, on the folder the next upgrade has to remove."""
    with open_folder() as top:
        data, at = top / "data", {"REJOINDER_DATA": str(top / "data")}
        data.mkdir(mode=0o755)
        old = replace(Folder.at(data), place="16", major="16")
        async with running(prepare(old, silent), silent) as dsn:
            await _fill(dsn)
            before = await _look(dsn)
        dying = await asyncio.create_subprocess_exec(
            Path(COMMAND[0]).with_name("python"),
            "-c",
            DIES_RESTORING,
            env=environment(top),
            cwd=top,
        )
        assert await dying.wait() == -9
        assert holders(replace(old, place=".18.upgrade").cluster)
        (data / "postgres" / ".upgrade.backup.dead.partial").write_text("left behind")
        done = await run("db", "upgrade", **at)
        assert done.code == 0, done
        async with own(data, silent) as dsn:
            assert await _look(dsn) == before
        names = {path.name for path in (data / "postgres").iterdir()}
        assert names == {"16", "18", "keys.json", "server.log"}


DIES_RESTORING = """
import os, signal
from rejoinder.db.private import upgrade
async def dies(*given): os.kill(os.getpid(), signal.SIGKILL)
upgrade.restore = dies
from rejoinder.cli.operate.backup import run_db_upgrade
run_db_upgrade()
"""


async def test_an_older_postgresql_of_your_own_takes_a_backup(folder: Path, run: Run) -> None:
    """15 is the oldest that is promised; 16 is the oldest at hand."""
    flags = (flag for flag in cluster._INITDB if "builtin" not in flag)
    with open_folder() as top, pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_INITDB", tuple(flags))
        file = top / "new.backup"
        async with own(folder / "data", silent) as dsn:
            await backup(dsn, file, silent)
            before = await _look(dsn)
        (top / "data").mkdir(mode=0o755)
        old = replace(Folder.at(top / "data"), place="16", major="16")
        async with running(prepare(old, silent), silent) as dsn:
            settings = {"DATABASE_URL": dsn, "REJOINDER_SECRET_KEY": "a key of the tests"}
            done = await run("restore", str(file), **settings)
            assert done.code == 0, done
            assert await _look(dsn) == before
            again = await run("backup", "--out", str(top / "old.backup"), **settings)
            assert again.code == 0, again


async def test_your_own_database_is_reached_as_the_program_reaches_it(run: Run) -> None:
    """Over TLS, with several hosts in the address, as a role that is not the system user's."""
    with open_folder() as top:
        await CLUSTERS.settle(top / "data")
        async with own(top / "data", silent) as dsn, speaking_tls(dsn) as port:
            await _fill(dsn)
            parts = urlsplit(dsn)
            given = f"postgresql://{parts.username}:{parts.password}@127.0.0.1:1,127.0.0.1:{port}/rejoinder"
            settings = {
                "DATABASE_URL": f"{given}?sslmode=require&options=-c%20work_mem%3D8MB",
                "REJOINDER_SECRET_KEY": "a key of the tests",
                "PGDATABASE": "elsewhere",
            }
            done = await run("backup", "--out", str(top / "tls.backup"), **settings)
            assert done.code == 0, done


async def test_what_a_killed_backup_left_is_removed_by_the_next(folder: Path, run: Run) -> None:
    left, held = folder / ".again.backup.dead.partial", folder / ".again.backup.live.partial"
    left.write_text("customers' words")
    with held.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        at = {"REJOINDER_DATA": str(folder / "data")}
        done = await run("backup", "--out", str(folder / "again.backup"), **at)
    assert done.code == 0, done
    assert not left.exists()
    assert held.exists()


async def test_two_commands_at_once_wait_for_each_other(folder: Path, run: Run) -> None:
    """No server runs: each starts the private PostgreSQL for itself, and ends it."""
    at = {"REJOINDER_DATA": str(folder / "data")}
    both = await asyncio.gather(
        run("backup", "--out", str(folder / "both-1.backup"), **at),
        run("backup", "--out", str(folder / "both-2.backup"), **at),
    )
    assert [ended.code for ended in both] == [0, 0], both
    assert not (folder / "data" / "attach.json").exists()
