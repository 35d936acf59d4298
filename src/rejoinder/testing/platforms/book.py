"""What the platform's customers have said and have been shown, in order, and what was wrong with the requests."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rejoinder.channels.port.simulated import Outcome, Shown


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a customer's chat, as their telephone shows it. `platform_id` is empty for what they said."""

    by: Literal["customer", "business"]
    text: str
    platform_id: str = ""
    shown: Shown | None = None


class Book:
    """The chats of one run. `repeats` are messages that the platform knew for ones it had shown already."""

    def __init__(self) -> None:
        self.lines: dict[str, list[Line]] = defaultdict(list)
        self.shown: list[Shown] = []
        self.repeats: list[Shown] = []
        self.problems: Counter[str] = Counter()
        self.signals: Counter[str] = Counter()
        self._keys = set[str]()
        self._awaited = dict[str, asyncio.Future[Shown]]()
        self._changed = asyncio.Condition()

    async def said(self, customer: str, text: str) -> None:
        """A customer's message was taken in."""
        self.lines[customer].append(Line("customer", text))
        await self._tell()

    async def taken(self, outcome: Outcome) -> tuple[Shown, ...]:
        """Write down what a request has brought; the messages that are shown for the first time."""
        known = frozenset(self._keys)  # one request may show several under one key
        new = tuple(each for each in outcome.shown if not each.key or each.key not in known)
        for each in new:
            self._keys |= {each.key} - {""}
            self.lines[each.to].append(Line("business", each.text, each.platform_id, each))
            if awaited := self._awaited.pop(each.to, None):
                awaited.set_result(each)
        self.shown += new
        self.repeats += [each for each in outcome.shown if each not in new]
        self.problems.update(outcome.problems)
        if outcome.signal:
            self.signals[outcome.signal] += 1
        await self._tell()
        return new

    def answer(self, customer: str) -> asyncio.Future[Shown]:
        """The first message that a customer is shown, or was; many may be waited for, which `until` is slow at."""
        loop = asyncio.get_running_loop()
        for line in self.lines.get(customer, []):
            if line.shown is not None:
                known = loop.create_future()
                known.set_result(line.shown)
                return known
        return self._awaited.setdefault(customer, loop.create_future())

    def texts(self, customer: str) -> list[str]:
        """What a customer was shown, in order, options and all."""
        lines = self.lines.get(customer, [])
        shown = [line.shown for line in lines if line.shown is not None]
        return ["\n".join((each.text, *each.options)) for each in shown]

    def unanswered(self) -> list[str]:
        """The customers who have had the last word."""
        return [who for who, lines in self.lines.items() if lines and lines[-1].by == "customer"]

    def doubled(self) -> list[Shown]:
        """Messages shown a second time: one delivery twice, or one text twice with nothing said between."""
        found = list[Shown]()
        deliveries = set[tuple[str, str, str]]()
        for lines in self.lines.values():
            since = set[tuple[str, str]]()
            for line in lines:
                if line.shown is None:
                    since.clear()
                    continue
                # A delivery may be shown as several messages, which differ.
                told = (line.shown.kind, line.shown.text)
                named = (line.shown.delivery_id or "", *told)
                if told in since or (named[0] and named in deliveries):
                    found.append(line.shown)
                if line.text:  # two pictures may have no words
                    since.add(told)
                deliveries.add(named)
        return found

    async def until(self, holds: Callable[[], bool], seconds: float = 15.0) -> None:
        """Wait until `holds()`; it is asked again whenever something is said or shown. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(holds)

    async def changed(self) -> None:
        """Wait until something more is said or shown."""
        async with self._changed:
            await self._changed.wait()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
