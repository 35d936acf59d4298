"""Discounts, gifts and guarantees of a reply: each must stand in what the business says."""

from __future__ import annotations

import re
from functools import cache

from rejoinder.guard.replying.reply import Reply
from rejoinder.guard.replying.reply import plain_number as _plain
from rejoinder.guard.wording.phrases import Listed, first, phrases
from rejoinder.guard.wording.said import Said
from rejoinder.text import fold, sentences

_PERCENT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|percent|por ciento|por cento|phần trăm|เปอร์เซ็นต์)"
)
_MONEY = re.compile(
    r"(?:[$€£฿₫]|r\$|thb|usd|vnd|brl|mxn|eur)\s?(\d[\d.,]{0,14})|(?<![\d.,])(\d[\d.,]{0,14})\s?(?:[$€฿₫đ%]|baht|บาท|thb|usd|vnd|đồng|reais|pesos|euros?|dollars?)",
    re.IGNORECASE,
)


def ungrounded_offer(reply: Reply) -> str:
    """A percentage off, a thing for free or a guarantee that the customer alone spoke of, or nobody.

    After an injection every amount of money must stand in what the business says.
    """
    if not _anything(reply):
        return ""
    for sentence in sentences(reply.text):
        said = Said(sentence)
        if first(_section("denied"), said.marked) is not None:
            continue
        wrong = _percent(sentence, said, reply) or _words(said, reply)
        if not wrong and reply.facts.suspicious:
            wrong = _money(sentence, reply)
        if wrong:
            return wrong
    return ""


def _anything(reply: Reply) -> bool:
    """Whether there is any such thing in the reply at all, grounded or not."""
    if _PERCENT.search(reply.text) or (reply.facts.suspicious and _MONEY.search(reply.text)):
        return True
    return any(first(_section(what), reply.marked) is not None for what in _OFFERS)


def _percent(sentence: str, said: Said, reply: Reply) -> str:
    told_nowhere = (
        found.group()
        for found in _PERCENT.finditer(fold(sentence))
        if _plain(found[1]) not in reply.numbers
    )
    shown = next(told_nowhere, None)
    if shown is None or first(_section("discount"), said.marked) is None:
        return ""
    return f'"{shown}" is offered by no passage or instruction'


def _words(said: Said, reply: Reply) -> str:
    for what in _OFFERS:
        hit = first(_section(what), said.marked)
        if hit is not None and first(_section(f"shown {what}"), reply.business.marked) is None:
            return f'"{hit.shown(said.marked)}" is offered by no passage or instruction'
    return ""


def _money(sentence: str, reply: Reply) -> str:
    for found in _MONEY.finditer(fold(sentence)):
        if _plain(found[1] or found[2]) not in reply.numbers:
            return f'the amount "{found.group()}" stands in no passage or instruction'
    return ""


_OFFERS = ("free", "guarantee")


@cache
def _section(name: str) -> Listed:
    return phrases("offer", folded=False).meaning(name)
