"""Numbers as customers write them: digits with either separator, and words from one to twenty."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from decimal import Decimal
from functools import cache

from rejoinder.understanding.naming.plain import Plain, plain

DIGITS = r"\d{1,12}(?:[.,]\d{1,12}){0,5}"
"""Digits with separators, in a folded text; `amount` reads them."""

# Spanish America's north writes 1,200.50; the rest of the Spanish, Portuguese and Vietnamese readers 1.200,50.
_POINT_COUNTRIES = frozenset({"MX", "US", "PR", "DO", "GT", "HN", "NI", "PA", "SV", "PE"})
_COMMA_LISTED = "VN BR PT ES AR CL CO UY PY EC BO VE CR CU DE FR IT NL ID"
_COMMA_COUNTRIES = frozenset(_COMMA_LISTED.split())
_COMMA_LANGUAGES = frozenset({"vi", "pt", "es"})

_EN = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_PT = "um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete"
_ES = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete"
_VI = "một hai ba bốn năm sáu bảy tám chín"
_TH = "หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า"


def _counted(words: str, start: int = 1) -> dict[str, int]:
    return dict(zip(words.split(), range(start, 100), strict=False))


WORDS: dict[str, dict[str, int]] = {
    "en": _counted(f"{_EN} eighteen nineteen twenty"),
    "pt": _counted(f"{_PT} dezoito dezenove vinte")
    | {"uma": 1, "duas": 2, "catorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19},
    "es": _counted(f"{_ES} dieciocho diecinueve veinte") | {"un": 1, "una": 1},
    "vi": _counted(_VI)
    | {"mười": 10, "mười lăm": 15, "hai mươi": 20, "bẩy": 7}
    | {f"mười {word}": 10 + number for word, number in _counted(_VI).items() if number != 5},
    "th": _counted(_TH)
    | {"สิบ": 10, "สิบเอ็ด": 11, "ยี่สิบ": 20, "นึง": 1}
    | {f"สิบ{word}": 10 + number for word, number in _counted(_TH).items() if number > 1},
}
"""Language → its words from one to twenty, with their accents."""


@cache
def folded(language: str) -> dict[str, int]:
    """The number words as a folded text has them."""
    return {plain(word).text: number for word, number in WORDS[language].items()}


@cache
def number(language: str) -> str:
    """A pattern for a number in digits or the language's words, longest first."""
    return f"(?:{DIGITS}|{either(folded(language))})"


def either(words: Iterable[str]) -> str:
    """A pattern for one of the words, longest first; a space in one stands for any white space."""
    listed = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in listed)


_TH_ONES = WORDS["th"] | {"ยี่": 2, "เอ็ด": 1}
_TH_ONE = either(word for word, value in _TH_ONES.items() if value < 10)
_TH_SCALES = {"สิบ": 10, "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 10**6}
_TH_STEP = re.compile(rf"(?P<one>\d{{1,3}}|{_TH_ONE})?\s?(?P<scale>{either(_TH_SCALES)})?\s?")

THAI_WHOLE = rf"(?:(?:(?:\d{{1,3}}|{_TH_ONE})\s?)?(?:{either(_TH_SCALES)})\s?){{1,7}}(?:\d{{1,2}}|{_TH_ONE})?"
"""A pattern for a Thai number with its scales: สองร้อยห้าสิบ, 2 พัน 5 ร้อย; `thai_whole` reads it."""


def thai_whole(said: str) -> Decimal:
    """What `THAI_WHOLE` found: two hundred and fifty, two thousand five hundred."""
    total = 0
    for step in _TH_STEP.finditer(said):
        if not step["one"] and not step["scale"]:
            continue
        one = step["one"] or "หนึ่ง"
        ones = int(one) if one.isdigit() else _TH_ONES[one]
        scale = _TH_SCALES.get(step["scale"] or "", 1)
        # Millions count all that stands before them: สองแสนล้าน.
        total = (
            (total + ones * bool(step["one"] or not total)) * scale
            if scale == 10**6
            else total + ones * scale
        )
    return Decimal(total)


def read(text: Plain, start: int, end: int, language: str, *, comma: bool) -> Decimal | None:
    """The number that `number(language)` found there; None for a word that only looks so without its marks (bà)."""
    said = " ".join(text.text[start:end].split())
    if said[:1].isdigit():
        return amount(said, comma=comma)
    if said not in folded(language) or not as_meant(text, start, end, WORDS[language]):
        return None
    return Decimal(folded(language)[said])


def as_meant(text: Plain, start: int, end: int, words: Container[str]) -> bool:
    """Whether it was typed without marks, or with those of one of the words."""
    typed = " ".join(text.marked(start, end).split())
    return typed.isascii() or typed in words


def amount(digits: str, *, comma: bool, groups: bool = False) -> Decimal | None:
    """The number. `comma`: a single comma is the decimal one; `groups`: three digits after a single separator are
    thousands whichever it is, as in prices. None for what is no number ("12.05.2026")."""
    separators = [char for char in digits if char in ".,"]
    if not separators:
        return Decimal(digits)
    last = separators[-1]
    head, _, tail = digits.rpartition(last)
    if len(set(separators)) == 1 and _grouped(head, tail, last, comma=comma, groups=groups):
        return Decimal(digits.replace(last, ""))
    if last in head:
        return None
    plain_head = head.replace(",", "").replace(".", "")
    return Decimal(f"{plain_head}.{tail}")


def _grouped(head: str, tail: str, separator: str, *, comma: bool, groups: bool) -> bool:
    if len(tail) != 3:
        return False
    first, *between = head.split(separator)
    if between:  # an Indian lakh parts by two: 1,00,000
        return 1 <= len(first) <= 3 and all(len(group) in {2, 3} for group in between)
    thousands = "." if comma else ","
    return 1 <= len(first) <= 3 and first != "0" and (groups or separator == thousands)


def comma_decimal(language: str, country: str | None) -> bool:
    """Whether 1.500 is fifteen hundred in that language; for "und", in that country."""
    if language in _COMMA_LANGUAGES:
        return country not in _POINT_COUNTRIES
    return language not in WORDS and country in _COMMA_COUNTRIES


def short(value: Decimal) -> str:
    """Without an exponent, or zeros that say nothing."""
    whole = value.to_integral_value()
    return str(whole) if whole == value else format(value.normalize(), "f")
