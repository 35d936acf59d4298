"""The virus scanner: a program, or clamd's protocol."""

from __future__ import annotations

import asyncio
import os
import select
import struct
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rejoinder.errors import Setup
from rejoinder.media.taking import scan as scan_module
from rejoinder.media.taking.judge import Refused
from rejoinder.media.taking.scan import NotScanned, scanner

EICAR = b"the test's virus"


@asynccontextmanager
async def clamd(path: Path | None = None, said: bytes | None = None) -> AsyncIterator[str]:
    """A daemon that finds EICAR, or says what it is told to; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            data += await reader.readexactly(size)
        found = b"stream: Eicar-Test FOUND" if EICAR in data else b"stream: OK"
        writer.write((said or found) + b"\0")
        writer.close()

    if path is None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        address = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(serve, path)
        address = f"clamd://{path}"
    async with server:
        yield address


async def scan(setting: str, data: bytes) -> None:
    """Raises what the scanner finds."""
    found = scanner(setting)
    assert found is not None
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        await found(file)


async def test_clamd_tells_clean_from_infected(tmp_path: Path) -> None:
    for path in (None, tmp_path / "clamd.sock"):
        async with clamd(path) as address:
            await scan(address, b"harmless" * 50_000)
            with pytest.raises(Refused, match="Eicar-Test"):
                await scan(address, b"harmless" + EICAR)


async def test_a_clamd_that_fails_is_asked_again() -> None:
    async with clamd(said=b"INSTREAM size limit exceeded. ERROR") as address:
        with pytest.raises(NotScanned, match="size limit"):
            await scan(address, b"x")
    async with clamd(said=b"babble" * 20_000) as address:
        with pytest.raises(NotScanned, match="does not answer"):
            await scan(address, b"x")
    with pytest.raises(NotScanned):
        await scan("clamd://127.0.0.1:9", b"x")


PROGRAM = "import sys; sys.exit(1 if b'virus' in open(sys.argv[1], 'rb').read() else {other})"


async def test_a_program_tells_by_its_exit() -> None:
    command = f'{sys.executable} -c "{PROGRAM.format(other=0)}"'
    await scan(command, b"harmless")
    with pytest.raises(Refused, match="virus scanner"):
        await scan(command, EICAR)
    with pytest.raises(NotScanned, match="ended with 7"):
        await scan(f'{sys.executable} -c "{PROGRAM.format(other=7)}"', b"harmless")
    with pytest.raises(NotScanned, match="can't be run"):
        await scan("/no/such/scanner", b"harmless")


async def test_a_program_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "_SECONDS", 0.5)
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    listening = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(NotScanned, match="too long"):
            await scan(f"sh -c 'exec > {pipe}; sleep 60 & wait'", b"x")
        gone = select.poll()
        gone.register(listening, select.POLLHUP)
        assert gone.poll(10_000), "someone still holds the other end"
    finally:
        os.close(listening)


@pytest.mark.parametrize("setting", ["clamd:", "clamd://", "scan 'unfinished"])
def test_a_setting_that_says_nothing_is_told(setting: str) -> None:
    with pytest.raises(Setup, match="REJOINDER_MEDIA_SCANNER"):
        scanner(setting)


def test_no_setting_is_no_scanner() -> None:
    assert scanner(None) is None
