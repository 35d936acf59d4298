"""The command line before anything runs: help, version, settings that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from rejoinder import __version__
from tests.cli.conftest import SECRET, Run, refused


async def test_the_version(run: Run) -> None:
    ended = await run("--version")
    assert (ended.code, ended.out) == (0, f"rejoinder {__version__}\n")


COMMANDS = (
    "simulate, "
    "serve, worker, migrate, chat, token, bench, doctor, backup, restore, db, db upgrade, secrets, secrets rotate, "
    "secrets check, eval, eval knowledge, queues, cleanup, dead-letters, dead-letters list, dead-letters show, "
    "channel, channel add, channel change, channel check, channel remove, channel list, channel show, channel log, "
    "channel platforms, dead-letters replay, dead-letters discard, intake, intake list, intake show, intake replay, "
    "intake discard, knowledge, knowledge add, knowledge list, knowledge show, knowledge remove, knowledge refresh, "
    "knowledge bases, knowledge index"
)


@pytest.mark.parametrize("command", ["", *COMMANDS.split(", ")])
async def test_every_command_explains_itself(run: Run, command: str) -> None:
    ended = await run(*command.split(), "--help")
    assert ended.code == 0
    assert f"Usage: rejoinder {command}".strip() in ended.out


async def test_an_unknown_command_is_named(run: Run) -> None:
    ended = await run("swerve")
    assert ended.code == 2
    assert "swerve" in ended.err


WRONG = {
    "port no number": ({"PORT": "abc"}, "PORT"),
    "port too high": ({"PORT": "65536"}, "PORT"),
    "service's address": ({"AI_SERVICE_URL": "ai-service:8001"}, "AI_SERVICE_URL"),
    "model's address": ({"OPENAI_BASE_URL": "ftp://models.example"}, "OPENAI_BASE_URL"),
    "log level": ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    "no time for the model": ({"AI_SERVICE_TIMEOUT": "0"}, "REJOINDER_MODEL_TIMEOUT"),
    "public address": ({"REJOINDER_PUBLIC_URL": "chat.example"}, "REJOINDER_PUBLIC_URL"),
    "public query": ({"REJOINDER_PUBLIC_URL": "https://a.example/?a=b"}, "a path only"),
    "lanes": ({"REJOINDER_LANES": "turns=many"}, "turns=2000,deliver.rest=200@50/s"),
    "no lane": ({"REJOINDER_LANES": "tunrs=5"}, "'turns'"),
    "retention": ({"REJOINDER_KEEP_EVENTS_DAYS": "-1"}, "REJOINDER_KEEP_EVENTS_DAYS"),
    "database without key": ({"DATABASE_URL": "postgresql://db/x"}, "REJOINDER_SECRET_KEY"),
    "host without key": ({"POSTGRES_HOST": "db"}, "REJOINDER_SECRET_KEY"),
}


@pytest.mark.parametrize(("settings", "says"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_setting_is_named(run: Run, settings: dict[str, str], says: str) -> None:
    refused(await run("serve", **settings), says)


@pytest.mark.parametrize("content", ["port = [", 'port = "high"', "\udcff"])
async def test_a_wrong_settings_file_is_named(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "rejoinder.toml").write_bytes(content.encode(errors="surrogateescape"))
    ended = await run("serve")
    refused(ended)
    assert "rejoinder.toml" in ended.err or "PORT" in ended.err


async def test_an_option_is_stronger_than_the_environment(run: Run) -> None:
    refused(await run("serve", "--port", "-1", PORT="8000"), "PORT")


async def test_there_is_no_token_before_the_first_start(run: Run, tmp_path: Path) -> None:
    refused(await run("token"), str(tmp_path / "data"), "rejoinder serve")


async def test_the_token_is_printed_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").write_text("rj_admin_abc\n")
    ended = await run("token")
    assert (ended.code, ended.out, ended.err) == (0, "rj_admin_abc\n", "")


async def test_a_token_that_is_no_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data" / "token").mkdir(parents=True)
    refused(await run("token"), str(tmp_path / "data"))


async def test_a_token_that_is_no_text_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").write_bytes(b"\xff\xfe")
    refused(await run("token"), str(tmp_path / "data"))


async def test_a_data_folder_that_is_a_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    refused(await run("token"), str(tmp_path / "data"))


UNREACHABLE = {
    "nobody listens": "postgresql://a:b@127.0.0.1:1/x",
    "no such host": "postgresql://a:b@nowhere.invalid/x",
    "another scheme": "mysql://a:b@127.0.0.1/x",
    "no URL": "hello",
    "port no number": "postgresql://a:b@127.0.0.1:high/x",
}


@pytest.mark.parametrize(
    ("command", "url"),
    [("serve", UNREACHABLE["nobody listens"]), *(("migrate", url) for url in UNREACHABLE.values())],
)
async def test_a_database_that_can_not_be_reached_is_told(run: Run, command: str, url: str) -> None:
    ended = await run(command, DATABASE_URL=url, REJOINDER_SECRET_KEY=SECRET, PORT="0")
    refused(ended, "DATABASE_URL")
    assert ":b@" not in ended.err


ADDRESSES = {
    "postgresql://a:canary#1@127.0.0.1/x": "%23",
    "postgresql://a:canary?1@127.0.0.1/x": "%3F",
    "postgresql://a:[canary@127.0.0.1/x": "%40",
    "postgresql://a:canary@127.0.0.1/x?sslmode=perhaps": "`sslmode` parameter must be one of",
    "mysql://a:canary@127.0.0.1/x": "mysql",
}


@pytest.mark.parametrize(("url", "told"), ADDRESSES.items())
async def test_what_is_wrong_with_an_address_is_told_without_its_password(
    run: Run, url: str, told: str
) -> None:
    ended = await run("migrate", DATABASE_URL=url, REJOINDER_SECRET_KEY=SECRET)
    refused(ended, told)
    assert "canary" not in ended.err
