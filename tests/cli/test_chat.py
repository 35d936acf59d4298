"""`rejoinder chat`: a conversation in the terminal, with a private PostgreSQL of the program's own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.cli.conftest import COMMAND, Run, open_folder, refused
from tests.cli.test_database import serving
from tests.clusters import CLUSTERS


@dataclass(frozen=True, slots=True)
class Shop:
    """A `serve` of a newcomer: no setting but the folder and a port."""

    folder: Path
    url: str
    token: str
    greeting: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which `chat` finds it."""
        return {"REJOINDER_DATA": str(self.folder / "data"), "PORT": self.url.rpartition(":")[2]}


@pytest.fixture(scope="module")
async def shop() -> AsyncIterator[Shop]:
    """The program, started once for this module in an empty folder."""
    with open_folder() as folder:
        async with serving(folder, PORT="0") as (_, greeting):
            token = (folder / "data" / "token").read_text().strip()
            yield Shop(folder, local_url(greeting), token, greeting)


def local_url(greeting: str) -> str:
    """Where the server says it listens."""
    found = re.search(r"http://127\.0\.0\.1:\d+", greeting)
    assert found
    return found[0]


async def test_the_greeting_says_where_how_and_how_to_stop(shop: Shop) -> None:
    for said in (
        "/docs",
        "rejoinder chat",
        "curl",
        "/api/v1/messages?wait=30",
        "Ctrl-C",
        "no large",
    ):
        assert said in shop.greeting


async def test_the_greeting_of_a_service_holds_no_token(shop: Shop) -> None:
    assert shop.token not in shop.greeting  # it was not printed to a terminal, so to a log


async def test_the_curl_of_the_greeting_gets_a_reply(shop: Shop) -> None:
    command = shop.greeting[shop.greeting.index("curl -sS") :].split("\n\nStop")[0]
    process = await asyncio.create_subprocess_shell(
        command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err
    assert b'"status":"answered"' in out


async def test_the_token_is_for_the_owner_alone(shop: Shop, run: Run) -> None:
    assert stat.S_IMODE((shop.folder / "data" / "token").stat().st_mode) == 0o600
    assert (await run("token", **shop.settings)).out == f"{shop.token}\n"


async def test_a_whole_conversation_and_where_it_was_left(shop: Shop, run: Run) -> None:
    typed = "How much is shipping?\nWhen do you open?\n\n"
    ended = await run("chat", "--conversation", "table 4", typed=typed, **shop.settings)
    assert ended.code == 0, ended.err
    assert ended.out.count("bot ›") == 2
    assert "no large language model" in ended.out
    again = await run("chat", "--conversation", "table 4", typed="Thanks!", **shop.settings)
    assert again.out.count("bot ›") == 1
    headers = {"Authorization": f"Bearer {shop.token}"}
    async with (
        aiohttp.ClientSession(shop.url, headers=headers) as client,
        client.get("/api/v1/conversations/table%204/messages?by=external") as response,
    ):
        said = [item["text"] for item in (await response.json())["items"]]
    assert said[::2] == ["How much is shipping?", "When do you open?", "Thanks!"]


async def test_markup_of_a_customer_is_text(shop: Shop, run: Run) -> None:
    ended = await run("chat", typed="[bold]hello[/bold] [/]\n", **shop.settings)
    assert ended.code == 0, ended.err


async def test_a_terminal_gets_the_same_conversation(shop: Shop) -> None:
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "chat",
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **shop.settings, "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(theirs)
    loop, seen, news = asyncio.get_running_loop(), bytearray(), asyncio.Event()

    def read() -> None:
        try:
            seen.extend(os.read(ours, 4096))
        except OSError:  # the other side has closed
            loop.remove_reader(ours)
        news.set()

    async def until(count: int, said: bytes) -> None:
        async with asyncio.timeout(30):
            while seen.count(said) < count:
                await news.wait()
                news.clear()

    loop.add_reader(ours, read)
    await until(1, "› ".encode())
    os.write(ours, b"How much is shipping?\n")
    await until(1, b"bot")
    await until(2, b"you")
    os.write(ours, b"\x04")  # Ctrl-D
    assert await asyncio.wait_for(process.wait(), 30) == 0
    loop.remove_reader(ours)
    os.close(ours)
    assert b"Traceback" not in seen


async def test_a_wrong_token_is_told(shop: Shop, run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").write_text("rj_admin_unknown\n")
    refused(await run("chat", "--url", shop.url, typed="hello\n"), "unknown or revoked")


async def test_a_second_serve_of_the_folder_is_refused(shop: Shop, run: Run) -> None:
    refused(await run("serve", "--port", "0", **shop.settings), str(shop.folder / "data"))


@pytest.fixture
def token_file(tmp_path: Path) -> None:
    """A data folder that holds a token."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").write_text("rj_admin_abc\n")


@pytest.mark.usefixtures("token_file")
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "nonsense", "http://127.0.0.1:high", "file:///etc", "http://"]
)
async def test_no_server_is_told(run: Run, url: str) -> None:
    refused(await run("chat", "--url", url, typed="hello\n"), "--url")


@asynccontextmanager
async def something_else(status: int, said: str) -> AsyncIterator[str]:
    """A web server that is not Rejoinder."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} So\r\nContent-Type: text/html\r\nContent-Length: {len(said)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n{said}".encode())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.usefixtures("token_file")
@pytest.mark.parametrize(
    ("status", "said"), [(200, "<p>hello"), (404, "<p>no"), (200, "[]"), (500, '"odd"')]
)
async def test_another_program_there_is_told(run: Run, status: int, said: str) -> None:
    async with something_else(status, said) as url:
        refused(await run("chat", "--url", url, typed="hello\n"))


async def test_an_interrupt_stops_the_server_in_order() -> None:
    with open_folder() as folder:
        await CLUSTERS.settle(folder / "data")
        async with serving(folder, PORT="0") as (process, _):
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(30):
                await process.wait()
