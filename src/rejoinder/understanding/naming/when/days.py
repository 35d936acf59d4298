"""The days a text names: "tomorrow", "วันศุกร์หน้า", "sexta que vem", and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from rejoinder.understanding.model import Place
from rejoinder.understanding.naming.numbers import either
from rejoinder.understanding.naming.plain import Plain
from rejoinder.understanding.naming.when import dates, words
from rejoinder.understanding.naming.when.dates import Day


def days(text: Plain, language: str, today: date, place: Place) -> Iterator[Day]:
    """Every reading; some overlap."""
    yield from _relative(text, language, today)
    yield from _weekdays(text, language, today)
    yield from dates.named_months(text, language, today, place)
    if any(char.isdigit() for char in text.text):
        yield from dates.numeric(text, language, today, place)


@cache
def _relative_pattern(language: str) -> re.Pattern[str]:
    said, parts = either(words.RELATIVE[language]), either(words.PARTS[language])
    edges = ("", "") if language == "th" else ("(?<![a-z0-9])", "(?![a-z0-9])")
    not_a_part = r"(?<!la )" if language == "es" else ""  # "de la mañana" is the morning
    return re.compile(rf"{not_a_part}{edges[0]}(?P<day>{said})(?:\s?(?P<part>{parts}))?{edges[1]}")


def _relative(text: Plain, language: str, today: date) -> Iterator[Day]:
    for hit in _relative_pattern(language).finditer(text.text):
        said = " ".join(hit["day"].split())
        if said == "mai" and not _is_tomorrow(text, *hit.span("day")):
            continue
        if said.endswith("mot") and not _is_in_two_days(text, said, *hit.span("day")):
            continue
        own = hit["part"] and words.is_part(text, *hit.span("part"))
        named = hit["part"] if own else said if said not in _PLAIN_DAYS else ""
        part = words.part(language, named) if named else None
        end = hit.end() if own else hit.end("day")
        day = today + timedelta(days=words.RELATIVE[language][said])
        yield Day(hit.start(), end, day, part)


# Their names hold the word for a part of the day without meaning it.
_PLAIN_DAYS = frozenset({"manana", "pasado manana", "amanha", "depois de amanha"})


def _is_tomorrow(text: Plain, start: int, end: int) -> bool:
    """Mai is a name, and with marks another word (mái, mài)."""
    return text.original(start, end) == "mai" or (
        start == 0 and text.text[end + 1 : end + 2].isdigit()
    )


def _is_in_two_days(text: Plain, said: str, start: int, end: int) -> bool:
    """Mốt; một is one, the commonest number there is. Without its mark it needs the word for day before it."""
    marked = text.marked(start, end)
    return marked.endswith("mốt") or (said == "ngay mot" and marked.endswith("mot"))


# Around a weekday: of the week after this one; of the past; today too; words that only lead to it.
_AROUND = {
    "en": ("next|next week|of next week", "last", "this", "on|coming"),
    "th": ("หน้า|สัปดาห์หน้า|อาทิตย์หน้า|ถัดไป", "ที่แล้ว|ที่ผ่านมา", "นี้", "ที่จะถึงนี้|ที่จะถึง"),
    "vi": ("tuan sau|tuan toi", "tuan truoc|vua roi", "tuan nay|nay", "toi|sau"),
    "pt": (
        "da semana que vem|da proxima semana",
        "passada|passado|ultima|ultimo",
        "esta|este|nesta|neste",
        "proximo|proxima|que vem|na|no|ate|para|pra",
    ),
    "es": (
        "de la proxima semana|de la semana que viene",
        "pasado|ultimo",
        "este",
        "proximo|que viene|el",
    ),
}


_LAST_WEEK = "tuan truoc"  # names the week, where "last Friday" may be yesterday


@cache
def _around(language: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words.split("|")) for words in _AROUND[language])


@cache
def _weekday_pattern(language: str) -> re.Pattern[str]:
    named = either(words.WEEKDAYS[language])
    modifier = either(word for listed in _around(language) for word in listed)
    if language == "th":
        return re.compile(rf"(?P<before>วัน)?(?P<day>{named})(?:\s?(?P<after>{modifier}))?")
    before = rf"(?:(?P<before>{modifier})\s)?" if language != "vi" else "(?P<before>(?!))?"
    after = rf"(?P<feira>[\s-]feira)?(?:\s(?P<after>{modifier})(?![a-z]))?"
    return re.compile(rf"(?<![a-z0-9]){before}(?P<day>{named}){after}(?![a-z0-9])")


def _weekdays(text: Plain, language: str, today: date) -> Iterator[Day]:
    for hit in _weekday_pattern(language).finditer(text.text):
        said = " ".join(hit["day"].split())
        if _bare_ordinal(language, said, hit, text):
            continue
        ahead = words.WEEKDAYS[language][said] - today.weekday()
        listed = {hit["before"], hit["after"]}
        after_this, before_this, this, _ = _around(language)
        if _LAST_WEEK in listed:
            shift = ahead - 7
        elif listed & before_this:
            shift = ahead if ahead < 0 else ahead - 7
        elif listed & after_this:
            shift = ahead + 7  # weeks begin on Monday
        else:
            shift = ahead if ahead > 0 or (ahead == 0 and listed & this) else ahead + 7
        start, end = _without_preposition(hit)
        start, end, part = _with_part(text, start, end, language)
        yield Day(start, end, today + timedelta(days=shift), part)


_TIMED = re.compile(r"\s(?:at\s)?\d")
_SECONDS = ("vez", "parcela", "compra", "via", "loja", "opc", "tent")


def _with_part(text: Plain, start: int, end: int, language: str) -> tuple[int, int, int | None]:
    """With the part of the day beside it: "Friday night", "tối thứ bảy"."""
    if language == "vi":
        before = _VI_PART.search(text.text, max(0, start - 6), start)
        if before and words.is_part(text, *before.span("part")):
            return before.start("part"), end, words.part(language, before["part"])
        if text.text[start:end].endswith(" toi") and (said := text.marked(end - 3, end)) != "tới":
            return (start, end - 4, None) if said == "tôi" else (start, end, words.EVENING)
    hit = _part_pattern(language).match(text.text, end)
    if hit is None or not words.is_part(text, *hit.span("part")):
        return start, end, None
    return start, hit.end(), words.part(language, hit["part"])


_VI_PART = re.compile(r"(?<![a-z])(?P<part>sang|trua|chieu|toi|dem)\s$")


@cache
def _part_pattern(language: str) -> re.Pattern[str]:
    edge = "" if language == "th" else "(?![a-z0-9])"
    return re.compile(rf"\s?(?P<part>{either(words.PARTS[language])}){edge}")


def _bare_ordinal(language: str, said: str, hit: re.Match[str], text: Plain) -> bool:
    """`segunda` is also "second", `อาทิตย์หน้า` next week, `wed` a verb: these need a word that shows the day."""
    around = hit["before"] or hit["after"]
    if language == "pt":
        shown = around or hit["feira"] or said in {"sabado", "domingo"}
        follows = hit.string[hit.end() : hit.end() + 12].lstrip()
        shown = shown or follows.startswith(("as ", "a tarde", "a noite", "de manha", "pela manha"))
        return not shown or follows.startswith(_SECONDS)
    if (
        language == "en" and not said.endswith("day") and not around
    ):  # "I wed": a capital or a time shows the day
        return not (
            text.original(*hit.span("day"))[0].isupper() or _TIMED.match(hit.string, hit.end())
        )
    if language == "th":
        return not hit["before"] and (said == "อาทิตย์" or not hit["after"])
    return False


def _without_preposition(hit: re.Match[str]) -> tuple[int, int]:
    if hit["before"] in {"on", "na", "no", "el", "ate", "para", "pra"}:
        return hit.start("day"), hit.end()
    return hit.start(), hit.end()
