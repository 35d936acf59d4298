"""A reply that hurts the customer."""

from __future__ import annotations

from functools import cache

from rejoinder.guard.asking.abuse import abuse
from rejoinder.guard.replying.reply import Reply
from rejoinder.guard.wording.phrases import Listed, first, phrases
from rejoinder.guard.wording.said import Said
from rejoinder.text import sentences


def insult(reply: Reply) -> str:
    """Names the customer is called, and what `abuse` knows: threats, hatred, sexual words.

    None is what the customer said first ("I'm sorry that you were called an idiot") or what comforts.
    """
    if first(_any(), reply.marked) is None:
        return "abuse of the customer" if abuse(reply) else ""
    for sentence in sentences(reply.text):
        said = Said(sentence)
        hit = first(_section("you"), said.marked)
        if hit is not None and first(_section("meant well"), said.marked) is not None:
            hit = None
        hit = hit or first(_plain(), said.marked)
        if hit is not None and hit.shown(said.marked).split()[-1] not in reply.asked.lower():
            return "the reply insults the customer"
    return ""


@cache
def _any() -> Listed:
    return Listed(
        each for each in phrases("insult", folded=False).phrases if each.means in ("you", "plain")
    )


def _plain() -> Listed:
    return _section("plain")


@cache
def _section(name: str) -> Listed:
    return phrases("insult", folded=False).meaning(name)
