"""The times of day a text names: "3pm", "บ่ายสอง", "8h sáng", "às 15h", "a las 5"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rejoinder.understanding.naming.numbers import either, folded
from rejoinder.understanding.naming.plain import Plain
from rejoinder.understanding.naming.when import words


@dataclass(frozen=True, slots=True)
class Clock:
    """A time said from `start` to `end`. Not `settled`: a twelve-hour clock's, with nothing to show which half.

    `less` are minutes before it: "las 7 menos cuarto".
    """

    start: int
    end: int
    hour: int
    minute: int
    settled: bool = True
    less: int = 0

    def shown(self, part: int | None = None) -> tuple[int, int]:
        """Hour and minute of the day; from 1 to 6, not settled, an hour of business: in the afternoon."""
        return divmod((self._hour(part) * 60 + self.minute - self.less) % (24 * 60), 60)

    def _hour(self, part: int | None) -> int:
        if self.settled:
            return self.hour
        if part is not None:
            return words.hour_in(self.hour, part)
        return self.hour + 12 if 1 <= self.hour <= 6 else self.hour


_DIGITAL = re.compile(
    r"(?<![\w:.,/$€£฿])(?P<hour>[01]?\d|2[0-4])(?P<sep>[:.])(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:/%])"
    r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?|น\.|น(?![\u0e00-\u0e7f])|นาฬิกา|hrs?\b|h\b))?"
)
_HALVES = re.compile(
    r"(?<![\w:.,/$€£฿])(?P<hour>1[0-2]|0?[1-9])\s?(?P<half>[ap]\.?\s?m\b\.?)(?![a-z0-9])"
)


def clocks(text: Plain, language: str) -> Iterator[Clock]:
    """Every reading; some overlap."""
    if any(char.isdigit() for char in text.text):
        yield from _digital(text, language)
        for hit in _HALVES.finditer(text.text):
            yield Clock(*hit.span(), _half(int(hit["hour"]), hit["half"]), 0)
    if language == "th":
        yield from _thai(text)
    else:
        yield from _spoken(text, language)


def _digital(text: Plain, language: str) -> Iterator[Clock]:
    for hit in _DIGITAL.finditer(text.text):
        hour, minute, half = int(hit["hour"]), int(hit["minute"]), hit["half"]
        if hit["sep"] == "." and not half:
            continue  # 15.30 without a word is a price
        if half and half[0] in "ap" and hour <= 12:
            yield Clock(*hit.span(), _half(hour, half), minute)
            continue
        if hour == 24:
            continue
        end, part = _part_after(text, hit.end(), language)
        if part is not None and 1 <= hour <= 12:
            yield Clock(hit.start(), end, words.hour_in(hour, part), minute)
        else:
            settled = bool(half) or hour > 12 or hit["hour"].startswith("0") or hour == 0
            yield Clock(hit.start(), hit.end(), hour, minute, settled)


def _half(hour: int, half: str) -> int:
    return hour % 12 + (12 if half.startswith("p") else 0)


@cache
def _part_pattern(language: str) -> re.Pattern[str]:
    edge = "" if language == "th" else "(?![a-z0-9])"
    return re.compile(rf"\s?(?:,\s)?(?P<part>{either(words.PARTS[language])}){edge}")


def _part_after(text: Plain, end: int, language: str) -> tuple[int, int | None]:
    hit = _part_pattern(language).match(text.text, end)
    if hit is None or not words.is_part(text, *hit.span("part")):
        return end, None
    return hit.end(), words.part(language, hit["part"])


_SPOKEN = {
    # "at 5", "5 o'clock", "5 in the afternoon"
    "en": r"(?:(?P<at>at|around|by|from|until|till|(?P<half>half)\spast)\s%s(?:\so'?clock)?|"
    r"(?P<plain>%s)\so['’]?clock)(?!\d|"
    r"[.,:/-]\d|\s?(?:%%|[$€£฿]|percent|st\b|street|stars?\b|days?\b|weeks?\b|hours?\b|minutes?\b|"
    r"am\b|pm\b|[ap]\.m|each\b))",
    # "8h", "8 giờ rưỡi", "8h30"
    "vi": r"(?P<at>(?:luc\s)?)%s\s?(?:h|gio|g(?=\s?[0-5]\d|\s(?:sang|trua|chieu|toi)))(?:\s?"
    r"(?P<minute>[0-5]\d)(?:\s?(?:phut|p)\b)?|\s(?P<half>ruoi)|\skem\s(?P<less>[0-5]?\d)(?:\s?(?:phut|p)\b)?)?"
    r"(?![a-z0-9])(?!\s?(?:nua|truoc)\b)",
    # "15h", "às 15", "às 3 da tarde", "3 horas da tarde"
    "pt": r"(?:(?P<at>(?<![a-z])(?:as|das|pelas|ate as)\s)%s(?:\s?h(?:oras?)?)?(?P<minute>[0-5]\d)?"
    r"(?:\se\s(?P<half>meia))?|(?P<plain>%s)\s?h(?P<minutes>[0-5]\d)?(?:min)?)(?![a-z0-9:]|\s?(?:%%|"
    r"dias|reais))",
    # "a las 5", "17h", "5 de la tarde"
    "es": r"(?:(?P<at>(?<![a-z])(?:a|de|desde|hasta|sobre|para|entre|y)\slas?\s)%s(?:\sy\s(?P<half>media|"
    r"cuarto)|\smenos\s(?P<less>cuarto|veinte|diez|cinco))?(?:\s?h(?:rs|oras?)?)?|(?P<plain>%s)\s?h(?P<minutes>[0-5]\d)?)(?![a-z0-9:]|[.,]\d)",
}
_PLAIN_PART = re.compile(r"(?<![\w:.,/$])(?P<hour>1[0-2]|[1-9])(?=\s)")
_NAMED = {
    "en": {"noon": 12, "midday": 12, "midnight": 0},
    "vi": {"giua trua": 12, "nua dem": 0},
    "pt": {"meio-dia": 12, "meio dia": 12, "meia-noite": 0, "meia noite": 0},
    "es": {"mediodia": 12, "medio dia": 12, "medianoche": 0, "media noche": 0},
}
_LESS = {"cuarto": 15, "veinte": 20, "diez": 10, "cinco": 5}
_WHOLE_DAY = "pt"  # 5h is five in the morning there; 3h to a Vietnamese shop is the afternoon


@cache
def _spoken_pattern(language: str) -> re.Pattern[str]:
    hours = {word: number for word, number in folded(language).items() if number <= 12}
    digits = r"2[0-3]|[01]?\d"
    numbered = rf"(?P<hour>{digits}|{either(hours)})"
    pattern = _SPOKEN[language]
    body = pattern % ((numbered,) if language == "vi" else (numbered, digits))
    return re.compile(rf"(?<![\w:.,/$€£฿]){body}")


def _spoken(text: Plain, language: str) -> Iterator[Clock]:
    for hit in _spoken_pattern(language).finditer(text.text):
        groups = hit.groupdict()
        said = groups["hour"] or groups["plain"]
        hour = int(said) if said.isdigit() else folded(language)[" ".join(said.split())]
        minute = int(groups.get("minute") or groups.get("minutes") or 0)
        minute += {"ruoi": 30, "meia": 30, "half": 30, "media": 30, "cuarto": 15}.get(
            groups.get("half") or "", 0
        )
        start = hit.start("hour" if groups["hour"] else "plain")
        if groups.get("half") == "half":  # "half past 3"
            start = hit.start("half")
        before = groups.get("less") or "0"
        less = int(before) if before.isdigit() else _LESS[before]
        end, part = _part_after(text, hit.end(), language)
        if part is not None and hour <= 12:
            yield Clock(start, end, words.hour_in(hour, part), minute, less=less)
        else:
            settled = (
                hour > 12 or said.startswith("0") or (language == _WHOLE_DAY and "h" in hit.group())
            )
            yield Clock(start, hit.end(), hour, minute, settled, less)
    for hit in _PLAIN_PART.finditer(text.text):  # "5 de la tarde"
        end, part = _part_after(text, hit.end(), language)
        if part is not None and (language != "vi"):
            yield Clock(hit.start(), end, words.hour_in(int(hit["hour"]), part), 0)
    for named, hour in _NAMED[language].items():
        for hit in re.finditer(
            rf"(?<![a-z]){named}(?P<half>\s(?:e\smeia|y\smedia))?(?![a-z])", text.text
        ):
            yield Clock(*hit.span(), hour, 30 if hit["half"] else 0)


_TH_HOURS = {word: number for word, number in folded("th").items() if number <= 12}
_TH_N = rf"(?:1[0-2]|[1-9]|{either(_TH_HOURS)})"
_THAI = re.compile(
    rf"ตี\s?(?P<early>{_TH_N})(?P<h1>\s?ครึ่ง)?"
    rf"|บ่าย\s?(?P<afternoon>{_TH_N})(?:\s?โมง)?(?P<h2>\s?ครึ่ง)?|(?P<one>บ่ายโมง)(?P<h3>\s?ครึ่ง)?"
    rf"|(?<!\d)(?P<night>{_TH_N})\s?ทุ่ม(?P<h4>\s?ครึ่ง)?|(?P<seven>ทุ่ม)(?:นึง|หนึ่ง)?(?P<h5>\s?ครึ่ง)?"
    rf"|(?<!\d)(?P<oclock>{_TH_N})\s?โมง(?:\s?(?P<which>เช้า|เย็น))?(?P<h6>\s?ครึ่ง)?"
    rf"|(?P<midnight>เที่ยงคืน)(?P<h7>\s?ครึ่ง)?|(?P<noon>เที่ยง(?:วัน(?!พรุ่ง|[จอพศเน])|ตรง)?)(?P<h8>\s?ครึ่ง)?"
    r"|(?<![\d.,:])(?P<plain>2[0-3]|[01]?\d)\s?(?:น\.|นาฬิกา)(?P<h9>\s?ครึ่ง)?"
)


def _thai(text: Plain) -> Iterator[Clock]:
    """ตี 1–5 after midnight, เช้า, บ่าย 13–17, ทุ่ม from 19 on. An N โมง below 6 without a word is the afternoon's."""
    for hit in _THAI.finditer(text.text):
        kind = next(name for name in _THAI_KINDS if hit[name])
        said = hit[kind]
        number = int(said) if said.isdigit() else _TH_HOURS.get(said, 0)
        hour = _thai_hour(kind, number, hit["which"] or _said_before(text, hit.start()))
        if hour is None and not hit["which"]:
            hour = _thai_hour(kind, number, None)
        if hour is not None:
            half = any(hit[f"h{at}"] for at in range(1, 10))
            yield Clock(*hit.span(), hour, 30 if half else 0)


_THAI_BEFORE = re.compile(r"(?P<part>เช้า|เย็น)(?:นี้)?\s?$")


def _said_before(text: Plain, at: int) -> str | None:
    """The half of the day that stands before the hour: "ตอนเย็น 6 โมง", "พรุ่งนี้เย็น 6 โมง"."""
    hit = _THAI_BEFORE.search(text.text, max(0, at - 8), at)
    return hit["part"] if hit else None


_THAI_KINDS = ("early", "afternoon", "one", "night", "seven", "oclock", "midnight", "noon", "plain")


def _thai_hour(kind: str, number: int, which: str | None) -> int | None:
    match kind:
        case "early":
            return number if number <= 6 else None
        case "afternoon":
            return number + 12 if number <= 6 else None
        case "night":
            return (number + 18) % 24 if number <= 6 else number + 12 if 7 <= number <= 11 else None
        case "one" | "seven" | "midnight" | "noon":
            return {"one": 13, "seven": 19, "midnight": 0, "noon": 12}[kind]
        case "plain":
            return number
    if which == "เช้า":  # the old clock counts from six: สามโมงเช้า is nine
        return number + 6 if number <= 5 else number if number <= 11 else None
    if which == "เย็น":
        return number + 12 if 3 <= number <= 7 else None
    return number + 12 if number <= 5 else number if number <= 11 else None
