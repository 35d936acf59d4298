"""`rejoinder simulate` as its user runs it, beside a running server that knows Pebble by its plug-in."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import forks
from tests.channels.conformance.plugged import install
from tests.cli.conftest import COMMAND, Ended, environment, open_folder
from tests.cli.test_chat import local_url
from tests.cli.test_database import serving

HERE = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Server:
    """A `serve` of a newcomer who has Pebble installed."""

    folder: Path
    url: str
    path: str

    @property
    def environment(self) -> dict[str, str]:
        """That of a command beside it."""
        return environment(self.folder, PYTHONPATH=self.path)

    async def simulate(self, *arguments: str, typed: str = "") -> Ended:
        """Run the command to its end."""
        command = forks.run(
            "simulate",
            *arguments,
            folder=self.folder,
            environment=self.environment,
            typed=typed.encode(),
        )
        code, out, err = await asyncio.wait_for(command, 90)
        ended = Ended(code, out.decode(), err.decode())
        assert "Traceback" not in ended.err + ended.out, ended.err
        return ended

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Run the command."""
        return await asyncio.create_subprocess_exec(
            *(*COMMAND, "simulate", *arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def channels(self) -> list[dict[str, Any]]:
        """The workspace's channels of Pebble."""
        token = (self.folder / "data" / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(self.url, headers=headers) as client,
            client.get("/api/v1/channels?limit=200") as answer,
        ):
            return [one for one in (await answer.json())["items"] if one["platform"] == "pebble"]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    """The program, started once for this module in an empty folder, with Pebble beside it."""
    with open_folder() as folder:
        path = os.pathsep.join((str(install(folder / "site")), str(HERE)))
        async with serving(folder, PORT="0", PYTHONPATH=path) as (_, greeting):
            yield Server(folder, local_url(greeting), path)


async def test_a_load_ends_with_a_report(server: Server) -> None:
    ended = await server.simulate(
        "pebble", "--customers", "3", "--messages", "2", "--rate", "50", "--json"
    )
    assert ended.code == 0, ended
    report = json.loads(ended.out)
    assert (report["platform"], report["customers"], report["said"]) == ("pebble", 3, 6)
    assert report["shown"] >= 3
    assert (report["doubled"], report["unacknowledged"], report["unanswered"]) == (0, 0, 0)
    assert not any(report["stored"].values())
    assert report["stored"]["doubled"] == 0
    assert report["receipts"]["read"] == report["shown"]


async def test_faults_are_reported_and_the_channel_found_again(server: Server) -> None:
    run = ("pebble", "--customers", "4", "--messages", "1", "--rate", "50")
    assert (await server.simulate(*run)).code == 0
    made = await server.channels()
    ended = await server.simulate(
        *(*run, "--first", "1", "--seed", "20"),  # what befalls these customers is always the same
        *("--fault", "close-after-accept=0.3", "--fault", "receipt-twice"),
    )
    assert ended.code == 0, ended
    assert "close-after-accept" in ended.out
    assert "doubled        0" in ended.out
    assert [each["channel_id"] for each in await server.channels()] == [
        each["channel_id"] for each in made
    ]


async def test_what_a_platform_refuses_is_given_up_and_told(server: Server) -> None:
    ended = await server.simulate(
        *("pebble", "--customers", "2", "--messages", "1", "--fault", "reject", "--patience", "5")
    )
    assert "reject 2" in ended.out
    assert "2 failed, unknown or withheld" in ended.out
    assert "2 customers had the last word" in ended.out
    assert ended.code == 0, ended


async def test_a_chat_of_lines(server: Server) -> None:
    ended = await server.simulate("pebble", "--chat", typed="How much is shipping?\nThanks!\n\n")
    assert ended.code == 0, ended
    assert ended.out.count("business ›") == 2


async def test_an_interrupt_ends_it_with_a_report(server: Server) -> None:
    process = await server.start("pebble")
    assert process.stderr is not None
    async with asyncio.timeout(60):
        await process.stderr.readuntil(b"Ctrl-C ends it.\n")
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err
    assert b"pebble: 0 customers" in out
    assert b"Traceback" not in err


async def test_an_interrupt_ends_a_chat(server: Server) -> None:
    process = await server.start("pebble", "--chat")
    assert process.stdout is not None
    async with asyncio.timeout(60):
        await process.stdout.readuntil(b"An empty line ends it.\n")
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err
    assert b"Traceback" not in err


async def test_a_channel_that_is_not_there_is_told(server: Server) -> None:
    rest = "01890000-0000-7000-8000-000000000000"
    ended = await server.simulate("pebble", "--channel", rest)
    assert ended.code == 1
    assert f"There is no channel {rest}" in ended.err


WRONG = {
    "no such platform": (("marble",), "There is no chat platform 'marble'"),
    "no such fault": (("pebble", "--fault", "explode"), "There is no fault 'explode'"),
    "no id": (("pebble", "--channel", "here"), "'here' is no channel's id"),
    "no server": (("pebble", "--url", "http://127.0.0.1:1"), "No server of Rejoinder's answers"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_is_told(server: Server, arguments: tuple[str, ...], told: str) -> None:
    ended = await server.simulate(*arguments)
    assert ended.code == 1
    assert f"rejoinder: {told}" in ended.err
