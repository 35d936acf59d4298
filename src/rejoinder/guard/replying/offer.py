"""Discounts, gifts, guarantees and assurances of a reply: each must stand in what the business says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from rejoinder.guard.replying.reply import PERCENT, Reply
from rejoinder.guard.replying.reply import plain_number as _plain
from rejoinder.guard.wording.phrases import Listed, first, phrases
from rejoinder.guard.wording.said import Said
from rejoinder.text import fold, sentences

_MONEY = re.compile(
    r"(?:[$€£฿₫]|r\$|thb|usd|vnd|brl|mxn|eur)\s?(\d[\d.,]{0,14})|(?<![\d.,])(\d[\d.,]{0,14})\s?(?:[$€฿₫đ%]|baht"
    r"|บาท|thb|usd|vnd|đồng|reais|pesos|euros?|dollars?)",
    re.IGNORECASE,
)


def ungrounded_offer(reply: Reply) -> str:
    """A percentage off, a thing for free or a guarantee that the customer alone spoke of, or nobody.

    After an injection every amount of money must stand in what the business says.
    """
    if not _anything(reply):
        return ""
    for sentence in sentences(reply.text):
        wrong = _words(_UNDENIED, Said(sentence), reply)
        for told in _up_to_each_clause(sentence):
            said = Said(told)
            if wrong or first(_section("denied"), said.marked) is not None:
                break
            wrong = _percent(told, said, reply) or _words(_OFFERS, said, reply)
            if not wrong and reply.facts.suspicious:
                wrong = _money(told, reply)
        if wrong:
            return wrong
    return ""


def _up_to_each_clause(sentence: str) -> Iterator[str]:
    """A clause is denied by itself and what stands before it: not so in "It's on me, and won't take long"."""
    parts = _CLAUSE.split(sentence)
    return (", ".join(parts[: number + 1]) for number in range(min(len(parts), _MOST_CLAUSES)))


_CLAUSE = re.compile(r"[,;]\s")
_MOST_CLAUSES = 12


def _anything(reply: Reply) -> bool:
    """Whether there is any such thing in the reply at all, grounded or not."""
    if PERCENT.search(reply.text) or (reply.facts.suspicious and _MONEY.search(reply.text)):
        return True
    return first(_any(), reply.marked) is not None


def _percent(sentence: str, said: Said, reply: Reply) -> str:
    told_nowhere = (
        found.group()
        for found in PERCENT.finditer(fold(sentence))
        if _plain(found[1]) not in reply.percents
    )
    shown = next(told_nowhere, None)
    if shown is None or first(_section("discount"), said.marked) is None:
        return ""
    return f'"{shown}" is offered by no passage or instruction'


def _words(sections: Iterable[str], said: Said, reply: Reply) -> str:
    return next(filter(None, (_offered(what, said, reply) for what in sections)), "")


def _offered(what: str, said: Said, reply: Reply) -> str:
    hit = first(_section(what), said.marked)
    if what == "assured" and not _of_body_or_law(reply):
        return ""
    told = (_section(f"shown {what}"), _section(what))
    if hit is None or any(first(each, reply.business.marked) is not None for each in told):
        return ""
    return f'"{hit.shown(said.marked)}" is offered by no passage or instruction'


def _of_body_or_law(reply: Reply) -> bool:
    """Whether the customer or the reply speaks of a complaint: "no need to see a doctor" to pay is no assurance."""
    matter = _section("matter")
    return any(first(matter, text) is not None for text in (reply.marked, Said(reply.asked).marked))


def _money(sentence: str, reply: Reply) -> str:
    for found in _MONEY.finditer(fold(sentence)):
        if _plain(found[1] or found[2]) not in reply.numbers:
            return f'the amount "{found.group()}" stands in no passage or instruction'
    return ""


_OFFERS = ("free", "gift", "half", "guarantee")
_UNDENIED = ("assured", "nothing")  # their own "not" denies nothing


@cache
def _section(name: str) -> Listed:
    return phrases("offer", folded=False).meaning(name)


@cache
def _any() -> Listed:
    offers = phrases("offer", folded=False).phrases
    return Listed(each for each in offers if each.means in (*_OFFERS, *_UNDENIED))
