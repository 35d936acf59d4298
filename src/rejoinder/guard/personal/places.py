"""All personal data of a text, without overlaps."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Set
from itertools import chain

from rejoinder.guard.personal.banks import accounts, ibans
from rejoinder.guard.personal.email import emails
from rejoinder.guard.personal.numbers import numbered
from rejoinder.guard.personal.papers import papers, passports
from rejoinder.guard.personal.span import Span

KINDS = frozenset(
    {"email", "phone", "card", "iban", "national_id", "passport", "bank_account", "ip_address"}
)
_NUMBERED = frozenset({"card", "national_id", "phone"})
_ORDER = ("email", "iban", "passport", "bank_account", "national_id", "card", "phone", "ip_address")

_DIGIT = re.compile(r"\d")
_IP = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]\d|\d)"
)


def places(text: str, kinds: Set[str]) -> list[Span]:
    """What `text` holds of `kinds`, in order; where two overlap the surer kind, then the longer, is kept."""
    found = sorted(
        chain.from_iterable(_each(text, kinds)),
        key=lambda span: (_ORDER.index(span.kind), span.start - span.end),
    )
    kept: list[Span] = []
    for span in found:
        at = bisect(kept, span.start, key=_start)
        after_one = at == 0 or kept[at - 1].end <= span.start
        if after_one and (at == len(kept) or span.end <= kept[at].start):
            kept.insert(at, span)
    return kept


def _start(span: Span) -> int:
    return span.start


def _each(text: str, kinds: Set[str]) -> Iterator[Iterator[Span]]:
    if "email" in kinds:
        yield emails(text)
    if not _DIGIT.search(text):
        return
    if "iban" in kinds:
        yield ibans(text)
    if "passport" in kinds:
        yield passports(text)
    if "bank_account" in kinds:
        yield accounts(text)
    if "national_id" in kinds:
        yield papers(text)
    if kinds & _NUMBERED:
        yield numbered(text, kinds & _NUMBERED)
    if "ip_address" in kinds:
        yield (Span("ip_address", *found.span()) for found in _IP.finditer(text))
