"""A chat platform of the tests' own, plugged in as a third party's is, and a vendor on loopback that knows accounts."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from aiohttp import web
from pydantic_core import from_json

from rejoinder.channels.port.adapter import (
    Account,
    BadSignature,
    Capabilities,
    Checked,
    Download,
    Field,
    Files,
    Limits,
    NotThere,
    Request,
    Signal,
)
from rejoinder.channels.port.event import InboundEvent, MediaRef
from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt, Taken
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.registry import GROUP, platform, platforms
from rejoinder.conversations.content import Part
from rejoinder.errors import Invalid, Unavailable

ROOT = Path(__file__).parents[3]


class Pigeon:
    """Posts through a loft: `base_url` is where it stands."""

    name: ClassVar[str] = "pigeon"
    title: ClassVar[str] = "Pigeon post"
    limits: ClassVar[Limits] = Limits(text=100)
    capabilities: ClassVar[Capabilities] = Capabilities(kinds=frozenset({"text", "image"}))
    credentials: ClassVar[tuple[Field, ...]] = (
        Field("loft", "Number of the loft", "Loft › Door plate", pattern=r"\d+"),
        Field("token", "Key of the loft", "Loft › Keys › Show", secret=True),
        Field("verify_token", "Word for the handshake", "", secret=True, made=True),
    )
    settings: ClassVar[tuple[Field, ...]] = (
        Field("wind", "Where the wind blows", "Weather", required=False, usual="west"),
    )
    setup: ClassVar[str] = "Write {webhook_url} and {verify_token} on the door."

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        raise BadSignature("pigeons shake no hands")

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        raise BadSignature("pigeons sign nothing")

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        return []

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        return True

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        answer = await self._call(account, wire, "send")
        return Taken() if answer == 200 else NotTaken(str(answer))

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        """Pigeons give no signals."""

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        raise NotThere

    async def check(self, account: Account, wire: Wire) -> Checked:
        status = await self._call(account, wire, "me")
        if status == 401:
            raise Invalid(
                "The loft does not know this key.", mend="Loft › Keys.", where="credentials.token"
            )
        if status != 200:
            raise Unavailable(f"The loft answered {status}.", mend="Try again.", retry_after=5)
        number = account.credentials["loft"]
        learned = {"wind": "north"} if number.startswith("77") else {}  # those have a vane
        return Checked(number, f"Loft {number}", ("It has 12 birds.",), learned)

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        status = await self._call(account, wire, "announce", webhook_url)
        if status != 200:
            raise Unavailable(f"The loft answered {status}.")
        return True

    async def _call(self, account: Account, wire: Wire, path: str, said: str = "") -> int:
        base = account.setting("base_url", "https://loft.example")
        token = account.credentials["token"]
        posted = await wire.call(
            "POST", f"{base}/{path}", json={"token": token, "said": said}, timeout=5
        )
        return posted.status


@dataclass(slots=True)
class Loft:
    """The vendor: which keys it knows, what it answers instead, and the addresses it was told."""

    url: str = ""
    keys: set[str] = field(default_factory=lambda: {"the key of the loft itself"})
    broken: int | None = None
    announced: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """As it is asked."""
        asked = from_json(await request.read())
        if self.broken is not None:
            return web.Response(status=self.broken)
        if asked["token"] not in self.keys:
            return web.Response(status=401)
        if request.path.endswith("/announce"):
            self.announced.append(asked["said"])
        return web.Response(status=200)


@asynccontextmanager
async def loft() -> AsyncIterator[Loft]:
    """A vendor on a free port."""
    vendor = Loft()
    app = web.Application()
    app.router.add_post("/{path:.*}", vendor.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield vendor
    finally:
        await runner.cleanup()


@contextmanager
def package() -> Iterator[Path]:
    """A folder that, on Python's path, is an installed package which provides the platform."""
    with tempfile.TemporaryDirectory(prefix="rejoinder-test-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        info = folder / "pigeon_post-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-post\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\npigeon = {__name__}:Pigeon\n")
        yield folder


@contextmanager
def plugged_in() -> Iterator[None]:
    """The platform is one of this process's until left."""
    with package() as folder:
        sys.path.insert(0, str(folder))
        platforms.cache_clear()
        platform.cache_clear()
        try:
            yield
        finally:
            sys.path.remove(str(folder))
            platforms.cache_clear()
            platform.cache_clear()
