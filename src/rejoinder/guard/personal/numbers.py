"""Runs of digits as people write numbers, and what they are: a card, a national number, a phone, or none of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from rejoinder.guard.personal.cards import is_card
from rejoinder.guard.personal.nations import is_national
from rejoinder.guard.personal.number import Number
from rejoinder.guard.personal.phones import is_phone
from rejoinder.guard.personal.span import Span, before, digits

_FEWEST = 7  # digits of anything looked for here
# At most two separators between digits and 24 digits in all: bounded, so linear. A letter before makes it a code
# (ORD-2024-00123), but Thai is written without spaces, and a few words are glued to phone numbers.
_RUN = re.compile(
    r"(?:(?<![A-Za-zÀ-ɏ\d_])(?<![A-Za-zÀ-ɏ\d][-/#_])|(?<=tel)|(?<=tel-)|(?<=sđt)|(?<=sdt)|(?<=zalo)|(?<=fone)|(?<=zap)"
    r"|(?<=phone)|(?<=whatsapp)|(?<=cel))"
    r"(?:[+＋][ ]?)?[(（]?\d(?:[ \t\u00a0\u2009.\-‐‑–()（）/·．,]{0,2}\d){6,31}(?!\d|[A-Za-z]{1,6}\d)",
    re.IGNORECASE,
)
_ENOUGH = re.compile(r"\d(?:\D{0,2}\d){6}")  # a necessary condition, tested in a tenth of the time
_CHUNK = re.compile(r"[^\s/,\u00a0\u2009]+")
_LONGEST = 8  # chunks of one number: +52 1 55 12 34 56 78
_THINNEST = 2.5  # characters a chunk with the space after it; digits one by one are a list
_DATE = re.compile(
    r"(?:19|20|25)\d\d([-./])[01]?\d\1[0-3]?\d(?!\d)|(?<!\d)[0-3]?\d([-./])[0-3]?\d\2(?:19|20|25)\d\d(?!\d)"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,\u00a0 ]\d{3})+")
_UNIT_AFTER = re.compile(
    r"\s?(?:đ(?!\w)|₫|vnd|vnđ|dong|đồng|triệu|thb|baht|บาท|฿|usd|\$|€|eur|reais|r\$|mxn|pesos?|cop(?!\w)|ars(?!\w)"
    r"|clp|soles|kg|ml(?!\w)|km(?!\w)|cm(?!\w)|mm(?!\w)|%|units?|unidad|pcs|people|followers|views|ชิ้น|คน|วิว)",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"(?:[$€£฿₫¥]|r\$|us\$|mx\$|usd|thb|vnd|brl|eur|mxn|cop|ราคา|price|preço|precio|giá)\s?:?\s?$"
)
_ORDERED = re.compile(
    r"(?:order|orders|pedido|pedidos|encomenda|orden|compra|invoice|fatura|factura|nota fiscal|boleto|tracking"
    r"|rastreio|rastreamento|rastreo|guía|guia|ref|reference|referência|referencia|booking|reserva|reservation|ticket"
    r"|case|sku|ean|upc|isbn|model|modelo|serial|lote|batch|protocolo|código|codigo|code|product|produto|producto"
    r"|item|zip|cep|postal|đơn hàng|đơn|mã|vận đơn|hóa đơn|hoá đơn|ออเดอร์|คำสั่งซื้อ|พัสดุ|ใบเสร็จ|บิล|รหัส|สินค้า|การจอง|imei)"
    r"(?:\s?(?:number is|number|no|num|numero|número|id|số|code|is|của tôi|là|เลขที่|หมายเลข|เลข|é|es))?"
    r"\s?[.:#=]{0,3}\s?$"
)
_HASH = re.compile(r"(?:#|n\.?º|n\.?°|№)\s?$")

_TESTS = (("card", is_card), ("national_id", is_national), ("phone", is_phone))


def numbered(text: str, kinds: Set[str]) -> Iterator[Span]:
    """The numbers of the wanted kinds, each taken for the first of card, national number and phone that it can be."""
    if not _ENOUGH.search(text):
        return
    for run in _RUN.finditer(text):
        chunks = [chunk.span() for chunk in _CHUNK.finditer(text, *run.span())]
        yield from _taken(text, chunks, kinds)


def _taken(text: str, chunks: list[tuple[int, int]], kinds: Set[str]) -> Iterator[Span]:
    """The longest stretch of chunks that is something, then what is left before and after it."""
    for size in range(min(len(chunks), _LONGEST), 0, -1):
        for first in range(len(chunks) - size + 1):
            start, end = chunks[first][0], chunks[first + size - 1][1]
            if end - start < max(_FEWEST, _THINNEST * size):
                continue
            kind = _kind(text, start, end)
            if kind:
                yield from _taken(text, chunks[:first], kinds)
                if kind in kinds:
                    yield Span(kind, start, _end(text, start, end))
                yield from _taken(text, chunks[first + size :], kinds)
                return


def _kind(text: str, start: int, end: int) -> str:
    shape = text[start : _end(text, start, end)]
    plain = digits(shape)
    if len(plain) < _FEWEST:
        return ""
    led = before(text, start)
    if _amount(shape, led, text[start + len(shape) : start + len(shape) + 12]):
        return ""
    ordered = bool(_ORDERED.search(led))
    number = Number(shape, plain, led, ordered, bool(_HASH.search(led)))
    return next((kind for kind, test in _TESTS if test(number)), "")


def _end(text: str, start: int, end: int) -> int:
    """Without what closes the sentence rather than the number."""
    while end > start and not text[end - 1].isdecimal():
        end -= 1
    return end


def _amount(shape: str, led: str, after: str) -> bool:
    if _DATE.search(shape) or _UNIT_BEFORE.search(led):
        return True
    return bool((shape.isdecimal() or _THOUSANDS.fullmatch(shape)) and _UNIT_AFTER.match(after))
