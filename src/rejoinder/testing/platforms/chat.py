"""A conversation in the terminal, through a played platform: one customer, typing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from rejoinder.channels.port.simulated import Customer, Shown
from rejoinder.conversations.content import Choice, File, Location, Part, Text
from rejoinder.testing.platforms.server import PlayedPlatform

Say = Callable[[str, bool], None]
"""Prints a line; True for one that is only noted, in a dim colour where there is one."""

_FILES: dict[str, Part] = {
    "/image": File(kind="image", text="What is this?"),
    "/voice": File(kind="audio", voice=True),
    "/document": File(kind="document", filename="order.pdf"),
    "/location": Location(latitude=13.7563, longitude=100.5018, name="Bangkok"),
}

HELP = f"Write, or type a number to press its button. {', '.join(_FILES)} send such a thing. An empty line ends it."


class Chat:
    """One customer's chat: what they type is said on the platform, what they are shown is printed."""

    def __init__(self, platform: PlayedPlatform, customer: Customer, say: Say) -> None:
        self._platform = platform
        self._customer = customer
        self._say = say
        self._printed = 0
        self._signals = 0
        self._receipts = 0
        self._offered: tuple[str, ...] = ()
        self._offering: str | None = None

    def understood(self, line: str) -> Part:
        """What a typed line says: a button's number presses it."""
        if line in _FILES:
            return _FILES[line]
        if line.isdecimal() and 0 < int(line) <= len(self._offered):
            title = self._offered[int(line) - 1]
            return Choice(title=title, payload=title, of=self._offering)
        return Text(text=line)

    async def talk(
        self, lines: AsyncIterator[str], patience: float, *, in_turn: bool = False
    ) -> None:
        """Say each line and print what comes, until an empty one or the end; then wait `patience` s for an answer.

        With `in_turn` each line waits for the answer to the one before.
        """
        self._say(HELP, True)
        printing = asyncio.create_task(self._print(), name="chat")
        try:
            async for line in lines:
                if not line.strip():
                    break
                if not await self._platform.say(self._customer, self.understood(line.strip())):
                    self._say("Rejoinder did not acknowledge it.", True)
                if in_turn:
                    await self.answered(patience)
            await self.answered(patience)
        finally:
            printing.cancel()
            await asyncio.gather(printing, return_exceptions=True)
            self._news()

    async def answered(self, patience: float) -> bool:
        """Wait until the business has had the last word; whether it has."""
        book = self._platform.book
        try:
            await book.until(lambda: self._customer.id not in book.unanswered(), patience)
        except TimeoutError:
            self._say("No answer yet.", True)
            return False
        await self._platform.telling.settled()
        return True

    async def _print(self) -> None:
        while True:
            self._news()
            await self._platform.book.changed()

    def _news(self) -> None:
        lines = self._platform.book.lines[self._customer.id]
        if (count := self._platform.book.signals["typing"]) > self._signals:
            self._signals = count
            self._say("… is writing", True)
        for line in lines[self._printed :]:
            if line.shown is not None:
                self._show(line.shown)
        self._printed = len(lines)
        if (count := self._platform.telling.receipts["read"]) > self._receipts:
            self._receipts = count
            self._say("✓✓ read", True)

    def _show(self, shown: Shown) -> None:
        kind = "" if shown.kind == "text" else f"[{shown.kind}] "
        self._say(f"business › {kind}{shown.text}".rstrip(), False)
        for number, option in enumerate(shown.options, 1):
            self._say(f"  {number}. {option}", False)
        if shown.options:
            self._offered, self._offering = shown.options, shown.platform_id
