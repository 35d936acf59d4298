"""Days and times put together: "tomorrow" and "at 3pm" are one moment, "3-5pm" are two times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import TypeVar
from zoneinfo import ZoneInfo

from rejoinder.understanding.model import Place
from rejoinder.understanding.naming.found import SURE, USUAL, Found, apart, longest
from rejoinder.understanding.naming.plain import Plain
from rejoinder.understanding.naming.when.clock import Clock, clocks
from rejoinder.understanding.naming.when.dates import Day
from rejoinder.understanding.naming.when.days import days
from rejoinder.understanding.naming.when.spans import Span, spans

# What may stand between a day and its time: "tomorrow at 3", "พรุ่งนี้ เวลา 15:00", "mañana a eso de las 5".
_JOIN = re.compile(
    r"[\s,]*(?:(?:at|around|about|by|from|until|after|before|luc|vao|khoang|tam|ngay|tu|as|a|das|por "
    r"volta das|la pelas|de|desde|entre|del|para|el|sobre|on|"
    r"เวลา|ตอน|ประมาณ|สัก|ช่วง|วัน|ของ|t)[\s,]*)?(?:(?:las|as|eso de las)\s)?"
)
_TO = re.compile(
    r"\s?(?:-|–|—|~|to|until|till|and|ถึง|จนถึง|den|toi|a|ate|as|hasta|y|e)\s?(?:(?:as|la|las|el|o|"
    r"the|dia)\s)?"
)
_FROM = re.compile(
    r"(?<![\w:.,/-])(?P<first>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<unit>h)?\s?(?:-|–|—|to|until|"
    r"till|ถึง|den|toi|a|ate|as|hasta|al|and|y|va)\s?(?:as\s|las\s)?$"
)
_DATED = re.compile(r"[\s,]*(?:(?:ที่|the|ngay|dia|el|o)\s?)?(?:\()?")
_UNTIL = re.compile(r"\s?[-–]\s?(?P<last>[0-3]?\d)(?![\w/:.%-])")
_ISO_MOMENT = re.compile(
    r"(?<![\w-])\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:?\d\d)?(?![\w:])"
)

_Placed = TypeVar("_Placed", Day, Clock)
_MOST = 60  # of a kind in one text


@lru_cache(maxsize=1024)
def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone: not found, an absolute path, a folder
        return None


def zone(place: Place) -> tzinfo:
    """The contact's time zone; that of `now` where the name is unknown."""
    return _named(place.zone) or place.now.tzinfo or UTC


def moments(text: Plain, place: Place, languages: Iterable[str]) -> Iterator[Found]:
    """Dates, times and moments of both, normal as ISO 8601; ranges as two of them."""
    now = place.now.astimezone(zone(place))
    yield from _iso(text, now.tzinfo or UTC)
    for language in languages:
        ahead = longest(spans(text, language))[:_MOST]
        named = longest(_typed(text, language, days(text, language, now.date(), place)))[:_MOST]
        named = _one_day(text, named)
        said = longest(_typed(text, language, clocks(text, language)))[:_MOST]
        dated = apart(_ranged_days(text, named), ahead)
        timed = apart(_ranged_clocks(text, said), ahead)
        dated = [_clear(text, day, timed) for day in dated]
        yield from _ahead(ahead, now)
        yield from _joined(text, dated, timed, now.tzinfo or UTC)


def _one_day(text: Plain, named: list[Day]) -> list[Day]:
    """A weekday and its date are one: "Monday, 23 November", "thứ hai ngày 23/11"."""
    kept: list[Day] = []
    for day in named:
        before = kept[-1] if kept else None
        same = before and day.of_month and not before.of_month and day.day == before.day
        if before and same and _DATED.fullmatch(text.text[before.end : day.start]):
            kept[-1] = replace(day, start=before.start, part=before.part)
        else:
            kept.append(day)
    return kept


def _typed(text: Plain, language: str, found: Iterable[_Placed]) -> Iterator[_Placed]:
    """English has no accents: a Vietnamese thứ is not its Thursday."""
    for one in found:
        if language != "en" or text.original(one.start, one.end).isascii():
            yield one


def _iso(text: Plain, local: tzinfo) -> Iterator[Found]:
    for hit in _ISO_MOMENT.finditer(text.text):
        try:
            moment = datetime.fromisoformat(hit.group().upper())
        except ValueError:
            continue
        known = moment if moment.tzinfo else moment.replace(tzinfo=local)
        yield Found(*hit.span(), "datetime", known.isoformat(timespec="seconds"), rank=SURE)


def _ahead(found: Iterable[Span], now: datetime) -> Iterator[Found]:
    for span in found:
        then = now + span.ahead
        if span.exact:
            exact = then.replace(second=0, microsecond=0).isoformat(timespec="seconds")
            yield Found(span.start, span.end, "datetime", exact, rank=SURE)
        else:
            yield Found(span.start, span.end, "date", then.date().isoformat(), rank=SURE)


def _joined(text: Plain, dated: list[Day], timed: list[Clock], local: tzinfo) -> Iterator[Found]:
    taken: dict[Clock, Day] = {}
    for day in dated:
        if (clock := _beside(text, day, timed, taken)) is not None:
            taken[clock] = day
            start, end = min(day.start, clock.start), max(day.end, clock.end)
            yield Found(start, end, "datetime", _moment(day, clock, local), rank=USUAL)
        else:
            yield Found(day.start, day.end, "date", day.day.isoformat(), rank=USUAL)
    joined = set(taken)
    for first, last in pairwise(timed):
        ranged = _TO.fullmatch(text.text[first.end : last.start])
        if ranged and (first in taken) != (last in taken):
            shared = taken.get(first) or taken[last]
            taken.update({first: shared, last: shared})
    for clock in timed:
        if clock in joined:
            continue
        if clock in taken:
            at = _moment(taken[clock], clock, local)
            yield Found(clock.start, clock.end, "datetime", at, rank=SURE)
        else:
            hour, minute = clock.shown()
            yield Found(clock.start, clock.end, "time", f"{hour:02}:{minute:02}", rank=USUAL)


def _clear(text: Plain, day: Day, timed: list[Clock]) -> Day:
    """The day without the part of it that its time has taken: พรุ่งนี้|บ่ายสอง, 8h sáng|mai."""
    for clock in timed:
        if day.part is not None and day.start < clock.start < day.end <= clock.end:
            said = text.text[day.start : clock.start].rstrip()
            return replace(day, end=day.start + len(said))
        if day.part is not None and clock.start <= day.start < clock.end < day.end:
            said = text.text[clock.end : day.end].lstrip()
            return replace(day, start=day.end - len(said))
    return day


def _beside(text: Plain, day: Day, timed: list[Clock], taken: dict[Clock, Day]) -> Clock | None:
    for clock in timed:
        if clock in taken:
            continue
        first, second = (day, clock) if day.start < clock.start else (clock, day)
        if first.end <= second.start and _JOIN.fullmatch(text.text[first.end : second.start]):
            return clock
    return None


def _moment(day: Day, clock: Clock, local: tzinfo) -> str:
    hour, minute = clock.shown(day.part)
    at = datetime.combine(day.day, time(hour, minute), local)
    return at.isoformat(timespec="seconds")


def _ranged_days(text: Plain, found: list[Day]) -> list[Day]:
    """With the first of "12-15/05" and "22-24 Nov", the last of "Nov 22-24"."""
    more = []
    for day in found:
        until = _UNTIL.match(text.text, day.end) if day.of_month else None
        ends = text.text[max(day.start, day.end - 2) : day.end].lstrip(
            " 0abcdefghijklmnopqrstuvwxyz"
        )
        if (
            until
            and ends == str(day.day.day)
            and (last := _same_month(day.day, int(until["last"])))
        ):
            more.append(Day(*until.span("last"), last, of_month=True))
        hit = _FROM.search(text.text, max(0, day.start - 20), day.start) if day.of_month else None
        if hit and not hit["minute"] and 1 <= int(hit["first"]) < day.day.day:
            first = day.day - timedelta(days=day.day.day - int(hit["first"]))
            more.append(Day(hit.start("first"), hit.end("first"), first, of_month=True))
    return sorted([*found, *apart(more, found)], key=lambda one: one.start)


def _same_month(first: date, last: int) -> date | None:
    try:
        found = first.replace(day=last)
    except ValueError:
        return None
    return found if found > first else None


def _ranged_clocks(text: Plain, found: list[Clock]) -> list[Clock]:
    """With the first of "3-5pm", "de 3 a 5 de la tarde", "9 to 11am"."""
    more = []
    for clock in found:
        hit = _FROM.search(text.text, max(0, clock.start - 20), clock.start)
        if hit is None or int(hit["first"]) > 23:
            continue
        hour, minute = int(hit["first"]), int(hit["minute"] or 0)
        end = (
            hit.end("unit")
            if hit["unit"]
            else hit.end("minute")
            if hit["minute"]
            else hit.end("first")
        )
        more.append(Clock(hit.start("first"), end, hour, minute, hour == 0 or hour > 12))
    both = sorted([*found, *apart(more, found)], key=lambda one: one.start)
    late = [_as_late(text, one, after) for one, after in zip_longest(both, both[1:])]
    return [
        _not_before(text, before, one) for before, one in zip([None, *late], late, strict=False)
    ]


def _as_late(text: Plain, clock: Clock, after: Clock | None) -> Clock:
    """ "From 9 to 11pm" begins in the evening too."""
    if after is None or clock.settled or not after.settled or clock.hour + 12 > after.hour:
        return clock
    ranged = _TO.fullmatch(text.text[clock.end : after.start])
    return replace(clock, hour=clock.hour + 12, settled=True) if ranged else clock


def _not_before(text: Plain, before: Clock | None, clock: Clock) -> Clock:
    """ "Between 5 and 7" ends in the evening where 5 is the afternoon's."""
    if before is None or clock.settled or not _TO.fullmatch(text.text[before.end : clock.start]):
        return clock
    early = clock.shown() < before.shown() <= (clock.hour + 12, clock.minute)
    return replace(clock, hour=clock.hour + 12, settled=True) if early else clock
