"""Dates told by the number of a day: "22 de noviembre", "12/05/2569", "วันที่ 25", "the 30th"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from rejoinder.understanding.model import Place
from rejoinder.understanding.naming.numbers import either
from rejoinder.understanding.naming.plain import Plain
from rejoinder.understanding.naming.when import words

_BUDDHIST = 543
# Month first, as the United States and the Philippines write; for English without a country too.
_MONTH_FIRST = frozenset({"US", "PH"})
# A date without its year is the one from three months back to nine ahead: orders made, visits to come.
_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Day:
    """A day named from `start` to `end`; `part` of the day where one is said; `of_month` if a number of a month."""

    start: int
    end: int
    day: date
    part: int | None = None
    of_month: bool = False


@cache
def _month_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    day = r"(?P<day>[0-3]?\d)"
    year = r"(?P<year>(?:19|20|21|24|25)\d\d)"
    if language == "vi":
        return (
            re.compile(
                rf"(?<![a-z0-9])(?:(?:ngay|mung)\s)?{day}\s?thang\s?(?P<month>1[0-2]|0?[1-9])(?!\d)(?:,?\s"
                rf"(?:nam\s)?{year})?(?!\d)"
            ),
        )
    month = rf"(?P<month>{either(words.MONTHS[language])})"
    if language == "th":
        return (
            re.compile(
                rf"(?<!\d)(?:วันที่\s?)?{day}\s?(?:เดือน\s?)?{month}(?:\s?(?:พ\.ศ\.|ปี)?\s?(?P<year>(?:19|20|24|"
                rf"25)\d\d|\d\d(?![\d:.])))?(?!\d)"
            ),
        )
    if language == "en":
        suffix = r"(?:st|nd|rd|th)?"
        return (
            re.compile(
                rf"(?<![a-z0-9]){day}{suffix}\s?(?:of\s|-)?{month}\.?(?![a-z])(?:[\s,-]{{1,2}}{year})?(?!\d)"
            ),
            re.compile(
                rf"(?<![a-z0-9]){month}\.?\s?{day}{suffix}(?![a-z0-9:%])(?:[\s,]{{1,2}}{year})?(?!\d)"
            ),
        )
    # "10 de out" and 10/out are October's tenth, "10 out of 10" is not: the short names need more than a space.
    long = either(name for name in words.MONTHS[language] if len(name) > 3)
    return (
        re.compile(
            rf"(?<![a-z0-9])(?:dia\s)?{day}[º°]?(?:\s(?={long})|[/-]|\sde\s){month}\.?(?![a-z])"
            rf"(?:\s(?:de\s|del\s)?{year})?(?!\d)"
        ),
    )


def named_months(text: Plain, language: str, today: date, place: Place) -> Iterator[Day]:
    for pattern in _month_patterns(language):
        for hit in pattern.finditer(text.text):
            said = hit["month"]
            month = words.MONTHS[language][said] if language != "vi" else int(said)
            if day := near(today, int(hit["day"]), month, hit["year"], thai=_thai(language, place)):
                yield Day(*hit.span(), day, of_month=True)


_ISO = re.compile(
    r"(?<![\w-])(?P<year>(?:19|20|21|24|25)\d\d)[-/](?P<month>[01]?\d)[-/](?P<day>[0-3]?\d)(?!\d)"
)
_NUMERIC = re.compile(
    r"(?<![\w$€£฿₫#.,/-])(?:(?P<cue>on|by|ngay|วันที่|dia|el|en|em)\s?)?(?P<one>[0-3]?\d)"
    r"(?:/(?P<two>[0-3]?\d)(?:/(?P<year>(?:19|20|21|24|25)\d\d|\d\d))?"
    r"|(?P<sep>[.-])(?P<two_>[0-3]?\d)(?P=sep)(?P<year_>(?:19|20|21|24|25)\d\d|\d\d))(?![\d/%]|[.,-]\d)"
)
_FRACTIONS = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4", "24/7", "50/50"})
_ALONE = re.compile(
    r"(?:วันที่\s?|(?<![a-z])(?:ngay|dia|(?:el\s)dia)\s)(?P<day>[0-3]?\d)(?![\d/:%-]|\s?(?:thang|/|h\b|gio|[.,]\d))"
    r"|(?<![a-z])the\s(?P<nth>[0-3]?\d)(?:st|nd|rd|th)(?![a-z0-9])(?!\s(?:floor|time|order|one|item|of))"
)


def numeric(text: Plain, language: str, today: date, place: Place) -> Iterator[Day]:
    """Dates in digits, in ISO's order or the language's, and the bare number of a day where a word says so."""
    for hit in _ISO.finditer(text.text):
        if day := near(today, int(hit["day"]), int(hit["month"]), hit["year"]):
            yield Day(*hit.span(), day, of_month=True)
    for hit in _NUMERIC.finditer(text.text):
        start = hit.start("one")
        said = text.text[start : hit.end()]
        if said in _FRACTIONS and (not hit["cue"] or said in {"24/7", "50/50"}):
            continue
        number, month = int(hit["one"]), int(hit["two"] or hit["two_"])
        if (_month_first(language, place.country) and number <= 12) or month > 12:
            number, month = month, number
        found = near(today, number, month, hit["year"] or hit["year_"], thai=_thai(language, place))
        if found is not None:
            yield Day(start, hit.end(), found, of_month=True)
    for hit in _ALONE.finditer(text.text):
        if (found := _coming(today, int(hit["day"] or hit["nth"]))) is not None:
            yield Day(*hit.span(), found, of_month=True)


def _thai(language: str, place: Place) -> bool:
    return language == "th" or place.country == "TH"


def _month_first(language: str, country: str | None) -> bool:
    return country in _MONTH_FIRST if country else language == "en"


def near(today: date, day: int, month: int, year: str | None, *, thai: bool = False) -> date | None:
    """The date; without a year the one nearest from a quarter back on. Years from 2400 are Thai Buddhist, and so are
    Thai years of two digits above 40."""
    if year:
        number = int(year)
        if len(year) == 2:
            number += 2500 if thai and number >= 40 else 2000
        return _date(number - _BUDDHIST if number >= 2400 else number, month, day)
    for candidate in (today.year - 1, today.year, today.year + 1, today.year + 2, today.year + 3):
        found = _date(candidate, month, day)
        if found is not None and found >= today - _BACK:
            return found
    return None


def _coming(today: date, day: int) -> date | None:
    year, month = today.year, today.month
    for _ in range(3):
        found = _date(year, month, day)
        if found is not None and found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
