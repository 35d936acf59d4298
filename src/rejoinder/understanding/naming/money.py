"""Amounts of money, with the currency they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from rejoinder.understanding.model import Place
from rejoinder.understanding.naming.found import SURE, USUAL, WEAK, Found
from rejoinder.understanding.naming.numbers import (
    DIGITS,
    THAI_WHOLE,
    amount,
    either,
    folded,
    read,
    thai_whole,
)
from rejoinder.understanding.naming.plain import Plain

# Currencies without a smaller unit, by ISO 4217.
_WHOLE = frozenset({"VND", "JPY", "KRW", "CLP", "PYG", "ISK", "UGX", "XAF", "XOF"})
_DOLLARS = frozenset({"USD", "AUD", "CAD", "SGD", "HKD", "NZD", "TWD"})
_PESOS = {
    "MX": "MXN",
    "CO": "COP",
    "AR": "ARS",
    "CL": "CLP",
    "PH": "PHP",
    "UY": "UYU",
    "DO": "DOP",
    "CU": "CUP",
}
_LISTED = (
    "thb usd eur vnd brl mxn gbp sgd myr idr php jpy cny krw inr hkd twd aud cad nzd chf ars cop clp pen uyu "
    "aed sar zar sek nok dkk pln czk huf lak khr mmk bob dop gtq crc pyg"
)
_CODES = _LISTED.split()
_SIGNS = {
    "us$": "USD", "r$": "BRL", "s$": "SGD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD",
    "nz$": "NZD", "mx$": "MXN", "nt$": "TWD", "$": "$", "฿": "THB", "€": "EUR", "£": "GBP", "₫": "VND", "¥": "JPY",
    "₹": "INR", "₱": "PHP", "₩": "KRW", "rp": "IDR", "rp.": "IDR", "rm": "MYR", "s/": "PEN", "s/.": "PEN",
}  # fmt: skip
_NAMES = {
    "บาท": "THB", "baht": "THB", "bath": "THB", "b.": "THB", "vnd": "VND", "dong": "VND", "d": "VND",
    "dollar": "$", "dollars": "$", "bucks": "$", "dolar": "$", "dolares": "$", "dola": "$", "do la": "$",
    "ดอลลาร์": "$", "ดอลล่าร์": "$", "เหรียญ": "$",
    "euro": "EUR", "euros": "EUR", "ยูโร": "EUR", "reais": "BRL", "real": "BRL",
    "peso": "PESO", "pesos": "PESO", "pound": "POUND", "pounds": "POUND", "quid": "GBP", "libras": "POUND",
    "ปอนด์": "POUND", "yen": "JPY", "เยน": "JPY", "ringgit": "MYR", "rupiah": "IDR", "rupees": "INR", "soles": "PEN",
    ".-": "THB", "yuan": "CNY", "หยวน": "CNY", "won": "KRW", "วอน": "KRW",
} | {sign: code for sign, code in _SIGNS.items() if not sign.startswith(("rp", "rm", "s/"))}  # fmt: skip
_SCALES = {
    "k": 1_000, "thousand": 1_000, "million": 10**6, "m": 10**6, "mn": 10**6, "hundred": 100,
    "nghin": 1_000, "ngan": 1_000, "tr": 10**6, "trieu": 10**6, "cu": 10**6, "ty": 10**9, "tram": 100,
    "mil": 1_000, "milhao": 10**6, "milhoes": 10**6, "millon": 10**6, "millones": 10**6,
    "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 10**6,
}  # fmt: skip
_SPOKEN_SCALES = frozenset({"nghin", "ngan", "tr", "trieu", "cu"})
_ASKED = (
    "price|cost|costs|paid|pay|total|budget|amount|ราคา|จ่าย|โอน|โอนไป|โอนแล้ว|ยอด|งบ|gia|tra|chuyen "
    "khoan|chuyen|tong|"
    "preco|custa|custou|paguei|valor|total de|precio|cuesta|costo|pague|presupuesto|orcamento"
)
_MOST = Decimal(10) ** 12  # more is a card number or a joke


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    words = either(folded(language)) if language in {"en", "th", "vi", "pt", "es"} else "one"
    scale = either(_SCALES)
    edge = r"(?<![a-z0-9.,/#-])"
    number = rf"(?P<number>{DIGITS}|{words})"
    scaled = (
        rf"(?:\s?(?P<scale>{scale})(?:(?P<rest>\d{{1,3}})|(?:\s?(?P<more>{scale})))?(?![a-z0-9]))?"
    )
    named = either([*_NAMES, *_CODES])
    spoken = either(_SPOKEN_SCALES)
    return (
        re.compile(
            rf"(?<![a-z0-9])(?P<sign>{either([*_SIGNS, *_CODES])})\s?(?P<number>{DIGITS}){scaled}(?![.,]?\d)"
        ),
        re.compile(rf"{edge}{number}{scaled}\s?(?P<sign>{named})(?![a-z0-9$])"),
        re.compile(
            rf"{edge}{number}\s?(?P<scale>k|tram|{spoken})"
            rf"(?:(?P<rest>\d{{1,3}})|\s?(?P<half>ruoi)|\s?(?P<more>{spoken}))?(?![a-z0-9])"
        ),
        re.compile(
            rf"(?<![a-z])(?:{_ASKED})\s?(?:is|was|of|de|la|e|es|เป็น|:|=|~|แค่|ไป)?\s?"
            rf"(?P<number>{DIGITS})(?![\d%:/-]|\s?[a-z])"
        ),
    )


def money(text: Plain, place: Place, language: str, *, guess: bool = False) -> Iterator[Found]:
    """Amounts that name a currency, or show by a scale or the word before that they are one of the Place's.

    The normal form is "450.00 THB", with as many decimals as ISO 4217 gives the currency ("200000 VND"). With `guess`
    the text may be in another language: "200k" alone is then no đồng.
    """
    before, after, scaled, asked = _patterns(language)
    for pattern, rank in ((before, SURE), (after, USUAL)):
        for hit in pattern.finditer(text.text):
            code = _currency(text, hit, place, language)
            if code is not None and (normal := _normal(text, hit, code, language)):
                yield Found(*hit.span(), "money", normal, rank=rank)
    if language == "th":
        yield from _thai(text, place)
    for hit in scaled.finditer(text.text):
        spoken = language == "vi" and not {hit["scale"], hit["more"]}.isdisjoint(_SPOKEN_SCALES)
        dong = spoken or (language == "vi" and not guess)
        code = place.currency or ("VND" if dong else None)
        fits = hit["scale"] == "k" or spoken
        if code and fits and (normal := _normal(text, hit, code, language)):
            yield Found(*hit.span(), "money", normal, rank=USUAL)
    if place.currency is not None:
        for hit in asked.finditer(text.text):
            if normal := _normal(text, hit, place.currency, language):
                yield Found(*hit.span("number"), "money", normal, rank=WEAK)


def _thai(text: Plain, place: Place) -> Iterator[Found]:
    """สองร้อยห้าสิบบาท: the longer find, where the words for its last part alone would be ten baht."""
    for hit in _thai_pattern().finditer(text.text):
        code = _currency(text, hit, place, "th")
        if code is not None and (normal := told(thai_whole(hit["number"]), code)):
            yield Found(*hit.span(), "money", normal, rank=USUAL)


@cache
def _thai_pattern() -> re.Pattern[str]:
    named = either([*_NAMES, *_CODES])
    return re.compile(rf"(?<![\d.,])(?P<number>{THAI_WHOLE})\s?(?P<sign>{named})(?![a-z0-9$])")


def told(said: Decimal, currency: str) -> str | None:
    """The normal form, None for no amount of money."""
    if not 0 <= said < _MOST:
        return None
    places = Decimal(1) if currency in _WHOLE else Decimal("0.01")
    return f"{said.quantize(places)} {currency}"


def _normal(text: Plain, hit: re.Match[str], code: str, language: str) -> str | None:
    said = hit["number"]
    if said[0].isdigit():
        value = amount(said, comma=language in {"vi", "pt", "es"}, groups=True)
    else:
        value = read(text, *hit.span("number"), language, comma=False)
    if value is None:
        return None
    groups = hit.groupdict()
    scale = _SCALES.get(groups.get("scale") or "", 1)
    if rest := groups.get("rest"):  # 1tr2 is 1,200,000
        value += Decimal(f"0.{rest}")
    if groups.get("half"):
        value += Decimal("0.5")
    return told(value * scale * _SCALES.get(groups.get("more") or "", 1), code)


def _currency(text: Plain, hit: re.Match[str], place: Place, language: str) -> str | None:
    sign = " ".join(hit["sign"].split())
    code = _SIGNS.get(sign) or _NAMES.get(sign) or sign.upper()
    match code:
        case "$" if place.currency in _DOLLARS or place.currency in _PESOS.values():
            return place.currency if sign == "$" or place.currency in _DOLLARS else "USD"
        case "$":
            return "USD"
        case "PESO":
            peso = place.currency if place.currency in _PESOS.values() else None
            return peso or _PESOS.get(place.country or "")
        case "POUND":
            return "GBP" if place.currency == "GBP" or place.country == "GB" else None
    if sign == "d" and text.marked(*hit.span("sign")) != "đ":  # noqa: SIM102
        if language != "vi" or len(hit["number"]) < 4:
            return None
    if (sign == "real" and language != "pt") or (sign == ".-" and language != "th"):
        return None
    return code
