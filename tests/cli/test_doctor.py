"""`rejoinder doctor` on what is well, and on each thing that may be wrong."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from rejoinder.app.sample import sample
from rejoinder.bots import store as bots
from rejoinder.cli.doctor.files import room
from rejoinder.cli.doctor.report import Finding
from rejoinder.db import connect
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive
from rejoinder.settings import Settings
from rejoinder.testing import OpenAIStub, ServiceStub
from rejoinder.testing.model_stub import Canned
from tests.api.application import fresh_database
from tests.cli.conftest import COMMAND, SECRET, Run, environment, open_folder
from tests.cli.test_chat import local_url
from tests.cli.test_database import serving
from tests.cli.test_secrets import Shop
from tests.clusters import CLUSTERS
from tests.eventually import eventually
from tests.fleet.processes import Member

Findings = dict[str, list[Finding]]

NOTHING_ON_ITS_WAY = """
SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'rejoinder worker' AND state <> 'idle')
"""


async def examined(run: Run, *options: str, **settings: str) -> Findings:
    """What doctor finds, by name; its exit code fits that."""
    ended = await run("doctor", "--json", *options, **{"PORT": "0", **settings})
    assert ended.err == "", "progress is for terminals"
    findings = [Finding(**each) for each in json.loads(ended.out)]
    assert ended.code == any(finding.state == "wrong" for finding in findings)
    for finding in findings:
        assert finding.told
        assert bool(finding.mend) == (finding.state != "ok"), finding
    return {
        finding.name: [one for one in findings if one.name == finding.name] for finding in findings
    }


def is_told(found: Findings, name: str, state: str, *says: str) -> None:
    """Check that one of the findings of that name has the state and says each of these."""
    texts = [f"{one.told} {one.mend}" for one in found[name] if one.state == state]
    assert any(all(part in text for part in says) for text in texts), found[name]


def wrong(found: Findings) -> set[str]:
    return {name for name, each in found.items() for one in each if one.state == "wrong"}


@pytest.fixture(scope="module")
async def shop() -> AsyncIterator[Shop]:
    """A data folder with a stopped private PostgreSQL and a channel with sealed credentials."""
    with open_folder() as folder:
        shop = Shop(folder, None)
        await shop.connect()
        yield shop


@pytest.fixture
def at(shop: Shop) -> dict[str, str]:
    """The setting that names the shop's folder."""
    return {"REJOINDER_DATA": str(shop.settings.data)}


@pytest.fixture
async def own_database() -> AsyncIterator[str]:
    """A migrated database with the sample shop, and no worker but the test's."""
    async with fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn:
        yield dsn


def operators(dsn: str) -> dict[str, str]:
    return {"DATABASE_URL": dsn, "REJOINDER_SECRET_KEY": SECRET}


async def test_a_new_folder_is_not_made(run: Run, tmp_path: Path) -> None:
    found = await examined(run)
    is_told(
        found, "data folder", "warning", "nothing here yet", "rejoinder serve", "REJOINDER_DATA"
    )
    assert "PostgreSQL" not in found
    assert list(tmp_path.iterdir()) == []


async def test_a_stopped_installation_is_looked_at(
    run: Run, shop: Shop, at: dict[str, str]
) -> None:
    found = await examined(run, **at)
    assert wrong(found) == set()
    assert {"PostgreSQL", "clock", "connections", "vector", "schema", "disk"} <= found.keys()
    is_told(found, "secret keys", "ok", "1 key; all 1 sealed")
    is_told(found, "workers", "warning", "nothing waits", "rejoinder serve")
    assert not (shop.settings.data / "attach.json").exists(), "PostgreSQL runs on"


async def test_lines_for_people(run: Run) -> None:
    ended = await run("doctor", "--no-model", PORT="0", REJOINDER_MAX_TURN="5")
    assert ended.code == 0
    first, mend, *_, empty, summary = ended.out.splitlines()
    assert first.split()[:3] == ["warning", "settings", "REJOINDER_MAX_TURN"]
    assert mend.strip() == "Did you mean REJOINDER_MAX_TURNS?"
    assert mend.startswith(" " * first.index("REJOINDER"))
    assert (empty, summary) == ("", "Nothing is wrong, 2 warnings.")


@contextmanager
def mode_of(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode & 0o777
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


async def test_a_key_file_open_to_others_hides_nothing_else(
    run: Run, shop: Shop, at: dict[str, str]
) -> None:
    key = shop.settings.data / "secret.key"
    with mode_of(key, 0o644):
        found = await examined(run, **at)
    is_told(found, "permissions", "wrong", str(key), "0644", "chmod 600", "rotate --forget")
    assert wrong(found) == {"permissions", "secret keys"}
    is_told(found, "workers", "warning")


async def test_other_open_files_and_an_open_folder_are_told(
    run: Run, shop: Shop, at: dict[str, str]
) -> None:
    data = shop.settings.data
    (data / "token").write_text("rj_admin_x\n")
    with (
        mode_of(data / "token", 0o640),
        mode_of(data / "postgres/keys.json", 0o604),
        mode_of(data, 0o777),
    ):
        found = await examined(run, **at)
    (data / "token").unlink()
    for path, mend in (
        (data / "token", "600"),
        (data / "postgres/keys.json", "600"),
        (data, "go-w"),
    ):
        is_told(found, "permissions", "wrong", f"chmod {mend} {path}")


async def test_credentials_sealed_by_another_key_are_told(run: Run, at: dict[str, str]) -> None:
    found = await examined(run, REJOINDER_SECRET_KEY="another key of sixteen and more", **at)
    is_told(found, "secret keys", "wrong", "1 of 1", "a key that is not there")
    is_told(found, "settings", "warning", "secret.key", "is not read")


async def test_a_lost_key_file_is_told_and_not_made_anew(
    run: Run, shop: Shop, at: dict[str, str]
) -> None:
    key = shop.settings.data / "secret.key"
    kept = key.rename(key.with_name("kept"))
    try:
        found = await examined(run, **at)
        assert not key.exists()
    finally:
        kept.rename(key)
    is_told(found, "secret keys", "wrong", "1 of 1", "secret.key is missing")


async def test_a_database_that_is_away_hides_nothing_else(run: Run) -> None:
    found = await examined(run, **operators("postgresql://a:hidden@127.0.0.1:1/x"))
    is_told(found, "PostgreSQL", "wrong", "can't be reached", "DATABASE_URL")
    is_told(found, "not checked", "warning", "schema")
    is_told(found, "model", "ok", "local")
    assert "hidden" not in str(found)


async def test_a_database_without_tables_is_told(run: Run, schema_url: str) -> None:
    found = await examined(run, **operators(schema_url))
    is_told(found, "schema", "wrong", "has no tables yet", "rejoinder migrate")
    assert wrong(found) == {"schema"}


async def test_a_role_that_may_not_create_is_told(run: Run, schema_url: str) -> None:
    name = schema_url.rpartition("=")[2]
    connection = await asyncpg.connect(schema_url)
    role = await connection.fetchval("SELECT current_user")
    if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = $1", role):
        await connection.close()
        pytest.skip("a superuser may do everything")
    await connection.execute(f'REVOKE CREATE ON SCHEMA {name} FROM "{role}"')
    await connection.close()
    found = await examined(run, **operators(schema_url))
    is_told(found, "role", "warning", role, f"GRANT CREATE, USAGE ON SCHEMA {name}")


async def test_a_server_that_runs_is_recognised(run: Run) -> None:
    with open_folder() as folder:
        await CLUSTERS.settle(folder / "data")
        async with serving(folder, PORT="0") as (_, greeting):
            url = local_url(greeting)
            found = await examined(run, REJOINDER_DATA=str(folder / "data"))
            elsewhere = await examined(run, PORT=url.rpartition(":")[2])
    is_told(found, "port", "ok", "rejoinder serve", url)
    is_told(found, "workers", "ok", "1 at work")
    is_told(found, "connections", "ok", "1 server and 1 worker")
    assert all(one.state == "ok" for each in found.values() for one in each), found
    is_told(elsewhere, "port", "warning", "A Rejoinder answers", url, "another PORT")


async def test_a_port_taken_by_a_stranger_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = str(stranger.getsockname()[1])
        found = await examined(run, "--no-model", PORT=port)
    is_told(found, "port", "wrong", port, "in use", "another port")


async def test_workers_are_counted_and_missed(run: Run, own_database: str) -> None:
    connection = await asyncpg.connect(own_database)
    with open_folder() as folder:
        worker = Member(folder, "worker", "worker", **operators(own_database))
        await worker.start()
        is_told(await examined(run, **operators(own_database)), "workers", "ok", "1 at work")
        os.kill(worker.pid, signal.SIGSTOP)
        await eventually(lambda: connection.fetchval(NOTHING_ON_ITS_WAY))
        await connection.execute("UPDATE workers SET seen_at = seen_at - interval '1 minute'")
        found = await examined(run, **operators(own_database))
        os.kill(worker.pid, signal.SIGCONT)
        await worker.stop()
    await connection.close()
    is_told(found, "workers", "warning", "not been seen for", "SIGSTOP")
    is_told(found, "workers", "warning", "None is at work; nothing waits")


async def test_what_waits_for_nobody_is_wrong(run: Run, own_database: str) -> None:
    db = await connect(own_database)
    house = await sample(db)
    async with db.read(house.workspace_id) as read:
        channel = await bots.first_channel(read, "rest")
    assert channel
    incoming = Incoming(
        *(channel.channel_id, "rest", "thread", None, "customer", "c", None, "Hello?"),
        *([], datetime.now(UTC), {}, True),
    )
    await receive(db, house.workspace_id, incoming)
    found = await examined(run, **operators(own_database))
    async with db.maintenance() as maintenance:
        for column in ("turns SET due_at = due_at", "pgqueuer SET execute_after = execute_after"):
            await maintenance.connection.execute(f"UPDATE {column} - interval '10 minutes'")
    late = await examined(run, **operators(own_database))
    await db.close()
    is_told(found, "workers", "wrong", "1 turns and 0 deliveries wait", "rejoinder worker")
    assert wrong(found) == {"workers"}
    is_told(late, "turns", "wrong", "1 of 1", "late", "10 min")
    is_told(late, "jobs", "wrong", "1 of 1", "late", "10 min")


async def test_the_model_is_asked_once(run: Run) -> None:
    async with OpenAIStub() as stub:
        model = {"OPENAI_BASE_URL": stub.base_url, "OPENAI_API_KEY": "k", "OPENAI_MODEL": "m-1"}
        found = await examined(run, **model)
        assert len(stub.requests) == 1
        unasked = await examined(run, "--no-model", **model)
        assert len(stub.requests) == 1
    is_told(found, "model", "ok", "m-1", "tokens")
    is_told(unasked, "model", "ok", "m-1; not asked")


async def test_the_ai_service_is_asked_by_its_name(run: Run) -> None:
    async with ServiceStub() as stub:
        found = await examined(run, AI_SERVICE_URL=stub.base_url, OPENAI_API_KEY="k")
        passed_over = await examined(
            run, "--no-model", AI_SERVICE_URL=stub.base_url, REJOINDER_MODEL="local"
        )
        assert len(stub.requests) == 1
    is_told(found, "model", "ok", "The AI service (stub) answered", "tokens")
    is_told(passed_over, "settings", "warning", "AI_SERVICE_URL", "not asked")


async def test_a_model_that_does_not_answer_is_wrong_unless_another_does(run: Run) -> None:
    refusal = Canned(401, b'{"error": {"message": "no"}}')
    async with OpenAIStub(script=[refusal, refusal]) as stub:
        model = {"OPENAI_BASE_URL": stub.base_url, "OPENAI_API_KEY": "sk-hidden"}
        alone = await examined(run, **model)
        chained = await examined(run, REJOINDER_MODEL="openai, local", **model)
    is_told(alone, "model", "wrong", "refuses the key", "OPENAI_API_KEY")
    is_told(chained, "model", "warning", "refuses the key")
    is_told(chained, "model", "ok", "local")
    assert "hidden" not in str((alone, chained))


async def test_a_model_unknown_is_told(run: Run) -> None:
    is_told(
        await examined(run, REJOINDER_MODEL="nobody"), "model", "wrong", "nobody", "gemini:NAME"
    )


async def test_settings_that_can_not_be_read_are_told(run: Run) -> None:
    found = await examined(run, PORT="abc")
    is_told(found, "settings", "wrong", "PORT", "docs/settings.md")
    assert found.keys() == {"settings", "not checked"}


async def test_contradictory_settings_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rejoinder.toml").write_text('openai_base_url = "http://127.0.0.1:9/v1"\n')
    both = {"POSTGRES_HOST": "elsewhere.invalid", **operators("postgresql://a:b@127.0.0.1:1/x")}
    found = await examined(run, API_PORT="81", **both)
    is_told(found, "settings", "warning", "DATABASE_URL and POSTGRES_HOST", "Take one")
    is_told(found, "settings", "warning", "PORT and API_PORT", "PORT counts")
    is_told(found, "settings", "warning", "OPENAI_BASE_URL", "REJOINDER_MODEL=openai")


async def test_a_postgres_without_a_host_is_told(run: Run) -> None:
    found = await examined(run, "--no-model", POSTGRES_USER="shop", POSTGRES_DB="shop")
    is_told(found, "settings", "warning", "POSTGRES_DB, POSTGRES_USER without POSTGRES_HOST")


async def test_a_settings_file_with_secrets_open_to_others_is_told(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "rejoinder.toml"
    file.write_text('gemini_api_key = "k"\n')
    file.chmod(0o644)
    is_told(await examined(run, "--no-model"), "settings", "warning", f"chmod 600 {file}")
    file.chmod(0o600)
    is_told(await examined(run, "--no-model"), "settings", "ok", str(file))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_small_disk_is_told(tmp_path: Path) -> None:
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", tmp_path],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        (found,) = room(Settings(data_dir=tmp_path / "not" / "yet"))
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)
    assert (found.name, found.state) == ("disk", "wrong")
    assert f"MB free for {tmp_path}." in found.told


async def test_on_a_terminal_what_takes_time_is_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(*COMMAND, "doctor"),
        cwd=tmp_path,
        env=environment(tmp_path, PORT="0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\x1b[Kport …" in shown
    assert shown.endswith("\x1b[K"), "the last one is removed"
    assert "…" not in out.decode()
