"""A virus scanner looks at each file before it is kept: a program of the operator's, or a clamd.

Source of clamd's protocol: ClamAV documentation, "clamd(8)", INSTREAM.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import struct
from contextlib import suppress
from typing import IO, Protocol
from urllib.parse import urlsplit

from rejoinder.errors import Setup
from rejoinder.media.taking.judge import Refused

_SECONDS = 120.0
_PIECE = 64 * 1024


class NotScanned(Exception):  # noqa: N818 - an answer, not a fault
    """The scanner could not say; it may another time."""


class Scanner(Protocol):
    """Looks at a file. `by_name` says that it needs the file's path."""

    by_name: bool

    async def __call__(self, file: IO[bytes]) -> None:
        """Return for a clean one. Raises Refused or NotScanned."""


def scanner(setting: str | None) -> Scanner | None:
    """What REJOINDER_MEDIA_SCANNER names: `clamd://HOST:PORT`, `clamd:///SOCKET`, or a command. Raises Setup."""
    if not setting:
        return None
    if not setting.startswith("clamd:"):
        try:
            return Command(tuple(shlex.split(setting)))
        except ValueError as wrong:
            raise _bad(f"can't be read as a command: {wrong}") from None
    at = urlsplit(setting)
    if at.hostname:
        return Clamd(at.hostname, at.port or 3310, None)
    if not at.path:
        raise _bad("names neither a host nor a socket")
    return Clamd("", 0, at.path)


class Command:
    """Run with the file's path as its last argument: exit 0 for clean, 1 for infected, else it is tried again."""

    by_name = True

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command

    async def __call__(self, file: IO[bytes]) -> None:
        file.flush()
        try:
            running = await asyncio.create_subprocess_exec(
                *self._command,
                str(file.name),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # what it started itself goes with it
            )
        except OSError as missing:
            raise NotScanned(f"the scanner can't be run ({type(missing).__name__})") from None
        try:
            async with asyncio.timeout(_SECONDS):
                ended = await running.wait()
        except TimeoutError:
            raise NotScanned("the scanner took too long") from None
        finally:
            if running.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)
                await running.wait()
        if ended == 1:
            raise _infected("")
        if ended != 0:
            raise NotScanned(f"the scanner ended with {ended}")


class Clamd:
    """A ClamAV daemon on TCP or a socket, which is sent the bytes."""

    by_name = False

    def __init__(self, host: str, port: int, socket: str | None) -> None:
        self._host, self._port, self._socket = host, port, socket

    async def __call__(self, file: IO[bytes]) -> None:
        file.seek(0)
        try:
            async with asyncio.timeout(_SECONDS):
                said = await self._ask(file)
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as failed:
            raise NotScanned(f"clamd does not answer ({type(failed).__name__})") from None
        if said.endswith("FOUND"):
            raise _infected(said.removeprefix("stream: ").removesuffix(" FOUND"))
        if said != "stream: OK":
            raise NotScanned(f"clamd says {said[:100]!r}")

    async def _ask(self, file: IO[bytes]) -> str:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            with suppress(ConnectionError):  # a file over its limit: it says so and hangs up
                while piece := file.read(_PIECE):
                    writer.write(struct.pack(">I", len(piece)) + piece)
                    await writer.drain()
                writer.write(struct.pack(">I", 0))
                await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._socket is not None:
            return await asyncio.open_unix_connection(self._socket)
        return await asyncio.open_connection(self._host, self._port)


def _infected(name: str) -> Refused:
    found = f" ({name[:100]})" if name else ""
    return Refused(
        f"The file was refused: the virus scanner found something{found}.",
        mend="Send another file.",
        code="media_infected",
    )


def _bad(why: str) -> Setup:
    return Setup(
        f"REJOINDER_MEDIA_SCANNER {why}.",
        mend="Write a command, clamd://HOST:PORT or clamd:///PATH/OF/SOCKET.",
        code="bad_media_scanner",
    )
