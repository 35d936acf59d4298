"""`rejoinder channel`: accounts are connected by a script and at a terminal, looked at, changed and taken away."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from rejoinder.app.database import bring_forward
from rejoinder.app.sample import sample
from rejoinder.db import connect, new_id
from tests.channels.connect.pigeon import ROOT, Loft, loft, package
from tests.cli.conftest import COMMAND, SECRET, Ended, Run, environment, refused

KEY = "the key of the loft itself"

Ran = Callable[..., Coroutine[Any, Any, Ended]]


@pytest.fixture
async def vendor() -> AsyncIterator[Loft]:
    """The vendor."""
    async with loft() as vendor:
        yield vendor


@pytest.fixture
async def shop(schema_url: str) -> AsyncIterator[dict[str, str]]:
    """The environment of a command: a database with the sample workspace, and the platform of the tests' own."""
    await bring_forward(schema_url)
    db = await connect(schema_url, size=2)
    await sample(db)
    await db.close()
    with package() as folder:
        yield {
            "DATABASE_URL": schema_url,
            "REJOINDER_SECRET_KEY": SECRET,
            "PYTHONPATH": f"{folder}:{ROOT}",
        }


@pytest.fixture
def channel(run: Run, shop: dict[str, str]) -> Ran:
    """Run `rejoinder channel …` there."""

    async def ran(*arguments: str, **settings: str) -> Ended:
        return await run("channel", *arguments, **shop, **settings)

    return ran


def given(vendor: Loft, number: int = 7) -> tuple[str, ...]:
    """What a script gives for an account that the vendor knows."""
    values = {"loft": number, "token": KEY, "base_url": vendor.url}
    return tuple(word for name in values for word in ("--set", f"{name}={values[name]}"))


async def add(channel: Ran, vendor: Loft, *more: str) -> dict[str, Any]:
    """A channel, as JSON."""
    ended = await channel("add", "pigeon", *given(vendor), "--json", *more)
    assert ended.code == 0, ended
    made: dict[str, Any] = json.loads(ended.out)
    return made


async def test_a_script_connects_an_account(channel: Ran, vendor: Loft) -> None:
    ended = await channel("add", "pigeon", *given(vendor), REJOINDER_PUBLIC_URL="https://a.example")
    assert ended.code == 0, ended
    lines = ended.out.splitlines()
    assert lines[0].startswith("Connected: Loft 7 (account 7), channel 'Pigeon post' ")
    made = lines[0].rsplit(" ", 1)[1].rstrip(".")
    url = f"https://a.example/webhooks/pigeon/{made}"
    assert f"  webhook URL      {url}" in lines
    (shown,) = [line.split()[1] for line in lines if line.startswith("  verify_token")]
    assert lines[-2:] == ["What is left to do:", f"  Write {url} and {shown} on the door."]
    assert "The platform was told the webhook URL." in lines
    assert vendor.announced == [url]
    assert KEY not in ended.out


async def test_a_script_that_leaves_things_out_is_told_which(channel: Ran, vendor: Loft) -> None:
    ended = await channel("add", "pigeon", "--set", "loft=7")
    refused(ended, "token, Key of the loft (Loft › Keys › Show)", "--set NAME=VALUE")
    assert "loft," not in ended.err


async def test_a_secret_comes_from_a_file(channel: Ran, vendor: Loft, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    told = ("--set", "loft=7", "--set", f"base_url={vendor.url}")
    ended = await channel("add", "pigeon", *told, "--set-file", "token=key")
    assert ended.code == 0, ended
    ended = await channel("add", "pigeon", *told, "--set-file", "token=nowhere")
    assert (ended.code, "nowhere" in ended.err) == (2, True)


WRONG = {
    "no pair": (("--set", "loft"), "NAME=VALUE"),
    "no such name": (("--set", "colour=red"), "there is loft, token, verify_token, wind, base_url"),
    "no truth": (("--set", "typing=maybe"), "true or false"),
    "no JSON": (("--set", "window_template={"), "JSON object"),
}


@pytest.mark.parametrize(("words", "told"), WRONG.values(), ids=WRONG.keys())
async def test_what_can_not_be_set_is_told(channel: Ran, words: tuple[str, ...], told: str) -> None:
    ended = await channel("add", "pigeon", *words)
    assert ended.code == 2
    assert told in " ".join(ended.err.replace("│", " ").split())


async def test_wrong_credentials_are_told_and_nothing_is_stored(channel: Ran, vendor: Loft) -> None:
    vendor.keys = set()
    refused(await channel("add", "pigeon", *given(vendor)), "does not know this key")
    listed = json.loads((await channel("list", "--json")).out)
    assert {each["platform"] for each in listed} == {"rest", "widget", "pancake"}


async def test_an_unknown_platform_is_told(channel: Ran) -> None:
    refused(await channel("add", "owl"), "'owl'", "'pigeon'")


async def test_an_unknown_workspace_is_told(channel: Ran, vendor: Loft) -> None:
    refused(await channel("list", "--workspace", "moon"), "'moon'", "demo")


async def test_it_is_listed_shown_and_checked(channel: Ran, vendor: Loft) -> None:
    made = await add(channel, vendor)
    which = made["channel_id"]
    (line,) = [line for line in (await channel("list")).out.splitlines() if which in line]
    assert line.split() == [which, "pigeon", "Pigeon", "post", "7", "ok"]
    shown = (await channel("show", "Pigeon post")).out
    assert "token            …self" in shown
    assert f"base_url         {vendor.url}" in shown
    assert KEY not in shown
    assert json.loads((await channel("show", which, "--json")).out)["channel_id"] == which
    checked = await channel("check", which)
    assert checked.out.startswith("Good: Loft 7 (account 7)")
    vendor.keys = set()
    refused(await channel("check", which), "does not know this key")
    refused(await channel("show", "Owl post"), "'Owl post'")


async def test_settings_that_are_not_named_stay(channel: Ran, vendor: Loft) -> None:
    which = (await add(channel, vendor, "--set", "groups=answer"))["channel_id"]
    ended = await channel(
        "change", which, "--name", "Birds", "--set", "typing=no", "--set", "wind=east"
    )
    assert ended.code == 0, ended
    settings = {"base_url": vendor.url, "groups": "answer", "typing": False, "wind": "east"}
    shown = json.loads((await channel("show", "Birds", "--json")).out)
    assert shown["settings"] == settings
    ended = await channel("change", "Birds", "--clear", "wind")
    assert ended.code == 0, ended
    shown = json.loads((await channel("show", "Birds", "--json")).out)
    assert "wind" not in shown["settings"]
    refused(await channel("change", which, "--set", "token=canary"), "does not know this key")


async def test_it_is_taken_away(channel: Ran, vendor: Loft) -> None:
    which = (await add(channel, vendor))["channel_id"]
    assert "The log has nothing of that." in (await channel("log", which)).out
    ended = await channel("remove", which)
    assert ended.out.startswith("The channel 'Pigeon post' is gone, and 0 conversations with it.")
    refused(await channel("remove", which), which)


async def test_its_log_is_printed(channel: Ran, shop: dict[str, str], vendor: Loft) -> None:
    which = (await add(channel, vendor))["channel_id"]
    connection = await asyncpg.connect(shop["DATABASE_URL"])
    for direction, what in (("in", "taken"), ("out", "refused")):
        await connection.execute(
            """INSERT INTO channel_log (workspace_id, log_id, channel_id, direction, at, milliseconds, method, address,
                   status, class, request, response)
               SELECT workspace_id, $2, channel_id, $3, clock_timestamp(), 2, 'POST', '/send', 200, $4, '', ''
               FROM channels WHERE channel_id = $1::uuid""",
            which,
            new_id(),
            direction,
            what,
        )
    await connection.close()
    lines = (await channel("log", which)).out.splitlines()
    assert [line.split("Z  ")[1] for line in lines] == [
        "out POST /send  200  refused  2 ms",
        "in  POST /send  200  taken  2 ms",
    ]
    (entry,) = json.loads((await channel("log", which, "--direction", "in", "--json")).out)
    assert entry["class"] == "taken"
    assert "nothing of that" in (await channel("log", which, "--class", "lost")).out


async def test_its_credentials_outlive_a_rotation_of_the_keys(
    run: Run, shop: dict[str, str], vendor: Loft
) -> None:
    newer = "another key of the tests, as long as the first"
    ended = await run("channel", "add", "pigeon", *given(vendor), **shop)
    assert ended.code == 0, ended
    both = shop | {"REJOINDER_SECRET_KEY": f"{newer},{SECRET}"}
    ended = await run("secrets", "rotate", **both)
    assert "1 credentials were sealed anew" in ended.out, ended
    alone = shop | {"REJOINDER_SECRET_KEY": newer}
    assert (await run("channel", "check", "Pigeon post", **alone)).code == 0
    refused(await run("channel", "check", "Pigeon post", **shop), "another secret key")
    listed = (await run("channel", "list", **shop)).out
    assert "no key opens its credentials" in listed


async def test_a_rest_channel_shows_its_secret_once(channel: Ran) -> None:
    told = ("--name", "Shop", "--set", "callback_url=http://127.0.0.1:9/a")
    ended = await channel("add", "rest", *told)
    assert ended.code == 0, ended
    assert "signing_secret   whsec_" in ended.out
    assert "whsec_" not in (await channel("show", "Shop")).out


async def test_platforms_are_listed_without_a_database(run: Run) -> None:
    with package() as folder:
        ended = await run("channel", "platforms", PYTHONPATH=f"{folder}:{ROOT}")
    assert ended.code == 0, ended
    assert "pigeon: Pigeon post" in ended.out
    assert (
        "token                credential, needed: Key of the loft · Loft › Keys › Show" in ended.out
    )


class Terminal:
    """The side of a person: what the screen shows, and a keyboard."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._shown = ""
        self._more = asyncio.Event()

    def read(self) -> None:
        """Take what has come to the screen."""
        try:
            self._shown += os.read(self._master, 4096).decode()
        except OSError:  # the program has gone
            asyncio.get_running_loop().remove_reader(self._master)
        self._more.set()

    async def sees(self, text: str) -> str:
        """Wait until the screen shows it, and give all up to there; what was seen is not seen again."""
        async with asyncio.timeout(60):
            while text not in self._shown:
                self._more.clear()
                await self._more.wait()
        before, found, self._shown = self._shown.partition(text)
        return before + found

    def types(self, text: str) -> None:
        """Type it, and press Enter."""
        os.write(self._master, f"{text}\n".encode())


@asynccontextmanager
async def at_a_terminal(
    folder: Path, *arguments: str, into: str = "", **settings: str
) -> AsyncIterator[tuple[Terminal, asyncio.subprocess.Process]]:
    """The command on a terminal of its own; what it prints goes `into` a file, as `> file` does."""
    master, slave = os.openpty()
    out = os.open(into, os.O_WRONLY | os.O_CREAT) if into else os.dup(slave)
    try:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            cwd=folder,
            env=environment(folder, **settings),
            stdin=slave,
            stdout=out,
            stderr=slave,
            start_new_session=True,  # else a password is asked for at the terminal that runs the tests
        )
        os.close(slave)
        os.close(out)
        terminal = Terminal(master)
        asyncio.get_running_loop().add_reader(master, terminal.read)
        try:
            yield terminal, process
            await asyncio.wait_for(process.wait(), 60)
        finally:
            asyncio.get_running_loop().remove_reader(master)
            if process.returncode is None:
                process.kill()
                await process.wait()
    finally:
        os.close(master)


async def test_at_a_terminal_it_asks(shop: dict[str, str], vendor: Loft, tmp_path: Path) -> None:
    words = ("channel", "add", "pigeon", "--set", f"base_url={vendor.url}")
    async with at_a_terminal(tmp_path, *words, **shop) as (terminal, process):
        asked = await terminal.sees("loft:")
        assert "Number of the loft" in asked
        assert "Loft › Door plate" in asked
        terminal.types("12")
        # The space comes once nothing is echoed any more, and what was typed before is gone.
        assert "Loft › Keys › Show" in await terminal.sees("token: ")
        terminal.types(KEY)
        shown = await terminal.sees("on the door.")
        assert "Connected: Loft 12 (account 12)" in shown
        assert KEY not in shown
    assert process.returncode == 0


async def test_what_it_asks_is_no_json(shop: dict[str, str], vendor: Loft, tmp_path: Path) -> None:
    words = ("channel", "add", "pigeon", "--json", "--set", f"base_url={vendor.url}")
    file = tmp_path / "made.json"
    async with at_a_terminal(tmp_path, *words, into=str(file), **shop) as (terminal, _):
        await terminal.sees("loft:")
        terminal.types("12")
        await terminal.sees("token: ")
        terminal.types(KEY)
    assert json.loads(file.read_text())["account"] == "12"
