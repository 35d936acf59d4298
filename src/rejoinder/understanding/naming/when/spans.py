"""How long from now: "in two hours", "อีก 3 วัน", "2 ngày nữa", "daqui a meia hora", "hace 3 días"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from rejoinder.understanding.naming.numbers import WORDS, as_meant, either, folded
from rejoinder.understanding.naming.plain import Plain, plain
from rejoinder.understanding.naming.when import words


@dataclass(frozen=True, slots=True)
class Span:
    """`ahead` of now, below zero for the past; `exact` if told in hours or minutes, else in days."""

    start: int
    end: int
    ahead: timedelta
    exact: bool


_BEFORE = {
    "en": ("in|within", None),
    "th": ("อีก|ภายใน|ใน", None),
    "vi": ("trong vong|trong|sau", None),
    "pt": ("daqui a|daqui|em ate|em|dentro de", "ha|faz"),
    "es": ("dentro de|en", "hace"),
}
_AFTER = {
    "en": ("from now|from today|later", "ago"),
    "th": ("ข้างหน้า", "ที่แล้ว|ก่อน|ที่ผ่านมา"),
    "vi": ("nua|toi", "truoc"),
    "pt": (None, "atras"),
    "es": (None, "atras"),
}


_VI_WEEKDAY = re.compile(r"(?<![a-z])thu\s$")  # thứ sáu tuần trước is last Friday, no six weeks ago


@cache
def _pattern(language: str) -> re.Pattern[str]:
    ahead, past = _BEFORE[language]
    later, ago = _AFTER[language]
    gap = r"\s?" if language == "th" else r"\s"
    article = "|an?" if language == "en" else ""
    number = rf"(?P<number>\d{{1,3}}|{either(folded(language))}{article})"
    unit = rf"(?P<unit>{either([*words.MINUTES[language], *words.DAYS[language]])})"
    half = rf"(?P<half>{either(plain(word).text for word in words.HALF_HOURS[language])})"
    edge = "" if language == "th" else "(?![a-z0-9])"
    start = "" if language == "th" else "(?<![a-z0-9])"
    before = rf"(?:(?:(?P<ahead>{ahead})|(?P<past>{past or '(?!)'})){gap})?"
    after = rf"(?:\s?(?:(?P<later>{later or '(?!)'})|(?P<ago>{ago or '(?!)'})){edge})?"
    return re.compile(rf"{start}{before}(?:{number}\s?{unit}|{half}){edge}{after}")


def spans(text: Plain, language: str) -> Iterator[Span]:
    """Those with a word that says from when; "two hours" alone is a length."""
    for hit in _pattern(language).finditer(text.text):
        back = bool(hit["past"] or hit["ago"])
        if not (back or hit["ahead"] or hit["later"]):
            continue
        if language == "vi" and _VI_WEEKDAY.search(text.text, max(0, hit.start() - 5), hit.start()):
            continue
        if hit["later"] == "toi" and text.marked(*hit.span("later")) != "tới":
            continue  # tối is the evening, tôi is I
        step, exact = _step(hit, language)
        if hit["number"] and not as_meant(text, *hit.span("number"), {*WORDS[language], "a", "an"}):
            continue
        yield Span(*hit.span(), -step if back else step, exact)


def _step(hit: re.Match[str], language: str) -> tuple[timedelta, bool]:
    if hit["half"]:
        return timedelta(minutes=30), True
    said = " ".join(hit["number"].split())
    number = int(said) if said.isdigit() else folded(language).get(said, 1)
    unit = " ".join(hit["unit"].split())
    if (minutes := words.MINUTES[language].get(unit)) is not None:
        return timedelta(minutes=number * minutes), True
    return timedelta(days=number * words.DAYS[language][unit]), False
