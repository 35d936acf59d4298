"""A chat in the terminal: lines go out as a customer's messages, what comes back is printed."""

from __future__ import annotations

from collections.abc import AsyncIterator

from rejoinder.channels.port.event import Said
from rejoinder.conversations.content import Choice, Location, Option, QuickReplies, Text
from rejoinder.testing.platforms.chat import Chat
from rejoinder.testing.platforms.server import PlayedPlatform
from tests.testing.platforms.conftest import Taker
from tests.testing.platforms.sending import Business, business


class Terminal:
    """Types the lines it is given, each when the business has answered the one before, and keeps what is printed."""

    def __init__(self, platform: PlayedPlatform, shop: Business) -> None:
        self.printed: list[str] = []
        self._platform = platform
        self._shop = shop
        self.chat = Chat(platform, platform.played.customers(1), self._print)

    def _print(self, line: str, dim: bool) -> None:
        self.printed.append(f"({line})" if dim else line)

    async def types(self, *lines: str) -> AsyncIterator[str]:
        for number, line in enumerate(lines):
            if number:
                await self._answer(number)
            yield line
        await self._answer(len(lines))

    async def _answer(self, number: int) -> None:
        who = self._platform.played.customers(1).id
        options = QuickReplies(text="Which?", options=(Option(title="Tea"), Option(title="Coffee")))
        part = options if number == 1 else Text(text=f"Answer {number}")
        await self._shop.send(who, f"Answer {number}", part=part)
        await self._platform.telling.settled()


async def test_a_number_presses_its_button(platform: PlayedPlatform, taker: Taker) -> None:
    async with business(platform) as shop:
        terminal = Terminal(platform, shop)
        await terminal.chat.talk(terminal.types("Hello", "2", "/location"), 5)
    said = [event.parts[0] for event in taker.events if isinstance(event, Said)]
    asked = platform.book.shown[0]
    assert said[0] == Text(text="Hello")
    assert said[1] == Choice(title="Coffee", payload="Coffee", of=asked.platform_id)
    assert isinstance(said[2], Location)
    printed = terminal.printed
    assert printed.index("business › [quick_replies] Which?") < printed.index("  2. Coffee")
    assert printed.index("  2. Coffee") < printed.index("business › Answer 2")
    assert "(✓✓ read)" in printed


async def test_a_number_with_nothing_to_press_is_a_text(platform: PlayedPlatform) -> None:
    chat = Chat(platform, platform.played.customers(1), lambda line, dim: None)
    assert chat.understood("2") == Text(text="2")


async def test_an_empty_line_ends_it(platform: PlayedPlatform, taker: Taker) -> None:
    async def lines() -> AsyncIterator[str]:
        yield ""
        raise AssertionError("it read on")

    await Chat(platform, platform.played.customers(1), lambda line, dim: None).talk(lines(), 1)
    assert taker.posts == 0


async def test_who_is_not_answered_is_told(platform: PlayedPlatform, taker: Taker) -> None:
    async def lines() -> AsyncIterator[str]:
        yield "Hello?"

    printed: list[str] = []
    chat = Chat(platform, platform.played.customers(1), lambda line, dim: printed.append(line))
    await chat.talk(lines(), patience=0.05)
    assert "No answer yet." in printed
