"""A reply and all that it may rest on, prepared once for every check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from rejoinder.bots.policies import Check
from rejoinder.guard.model import Facts
from rejoinder.guard.replying.keeping.kept import public
from rejoinder.guard.wording.said import Said
from rejoinder.text import fold

# Fields of the context that show nothing was done: `"refunded": false`, and the dates that every record has.
_NO_EVIDENCE = re.compile(
    r"\"[^\"\\]{1,80}\"\s?:\s?(?:false|null|0(?![\d.])|\"\"|\[\]|\{\})|\"(?:created|updated|modified)_?(?:at"
    r"|on)?\"\s?:"
)
_HANDING_OVER = "transfer_to_agent"  # an action that moves a conversation, not money
PERCENT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|percent|por ciento|por cento|phan tram|phần trăm|เปอร์เซ็นต์)"
)
_NUMBER = re.compile(r"\d[\d.,]*")


class Reply(Said):
    """The reply's text with the facts and the bot's settings."""

    def __init__(self, text: str, facts: Facts, check: Check) -> None:
        super().__init__(text)
        self.facts = facts
        self.check = check

    @cached_property
    def told(self) -> str:
        """What the business itself says: passages, instructions, context, its own lines, what it did."""
        return "\n".join(self._told())

    @cached_property
    def records(self) -> Said:
        """What is known of this customer's own matter: context, done actions, the business's lines so far."""
        facts = self.facts
        done = [action for action in facts.done_actions if action != _HANDING_OVER]
        return _said(
            "\n".join([_NO_EVIDENCE.sub("", facts.context), *done, *self._lines("business")])
        )

    @cached_property
    def knowledge(self) -> Said:
        return _said("\n".join(passage.text for passage in self.facts.passages))

    @cached_property
    def instructions(self) -> Said:
        return _said(self.facts.instructions)

    @cached_property
    def business(self) -> Said:
        """`told` without what the instructions keep from customers, prepared: what an offer may rest on."""
        facts = self.facts
        return Said("\n".join([public(facts.instructions, facts.internal), *self._beside()]))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in `told`, as `plain_number` writes them."""
        return frozenset(plain_number(number) for number in _NUMBER.findall(fold(self.told)))

    @cached_property
    def percents(self) -> frozenset[str]:
        """The percentages in `told`, the same way; what callers' systems tell may be a bare number."""
        shown = (found[1] for found in PERCENT.finditer(fold(self.told)))
        bare = _NUMBER.findall(fold(self.facts.context))
        return frozenset(plain_number(number) for number in (*shown, *bare))

    @cached_property
    def asked(self) -> str:
        """What the customer wrote, now and earlier."""
        return "\n".join([*self._lines("customer"), *self.facts.asked])

    @cached_property
    def all_told(self) -> str:
        """What anybody said; after an injection only what the business did."""
        return self.told if self.facts.suspicious else f"{self.told}\n{self.asked}"

    def _told(self) -> Iterator[str]:
        yield self.facts.instructions
        yield from self._beside()

    def _beside(self) -> Iterator[str]:
        facts = self.facts
        yield facts.context
        for passage in facts.passages:
            yield passage.title
            yield passage.text
        yield from facts.done_actions
        yield from self._lines("business")

    def _lines(self, speaker: str) -> list[str]:
        return [line.text for line in self.facts.history if line.speaker == speaker]


@lru_cache(maxsize=256)
def _said(text: str) -> Said:
    """Kept between turns: a bot's instructions and its most cited passages come again and again."""
    return Said(text)


def plain_number(number: str) -> str:
    """1,290.00 and 1.290 as 1290."""
    whole = re.sub(r"[.,]\d{1,2}$", "", number.rstrip(".,"))
    return re.sub(r"[.,]", "", whole)
