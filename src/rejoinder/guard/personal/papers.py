"""Numbers with letters in them: Spanish DNI and NIE, Mexican CURP and RFC, Chilean RUT, passports, new CNPJ."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rejoinder.guard.personal.span import Span, before

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # by the number modulo 23 (Ministerio del Interior)
_SPANISH = re.compile(
    r"(?<![A-Za-z0-9])(?:([XYZ])[ -]?(\d{7})|(\d{8}|\d{2}\.\d{3}\.\d{3}))[ -]?([A-Z])(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CURP = re.compile(
    r"(?<![A-Za-z0-9])[A-Z][AEIOUX][A-Z]{2}\d{2}[01]\d[0-3]\d[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZÑ]{3}[A-Z0-9]\d(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_RFC = re.compile(
    r"(?<![A-Za-z0-9])[A-ZÑ&]{4}-?\d{2}[01]\d[0-3]\d-?[A-Z0-9]{3}(?![A-Za-z0-9])", re.IGNORECASE
)
_RUT = re.compile(r"(?<![\w.])(\d{1,2}\.\d{3}\.\d{3}|\d{7,8})-([\dkK])(?!\w)")
_NEW_CNPJ = re.compile(
    r"(?<![A-Za-z0-9])[A-Z0-9]{2}\.[A-Z0-9]{3}\.[A-Z0-9]{3}/[A-Z0-9]{4}-\d{2}(?!\d)", re.IGNORECASE
)
_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Z]{0,3}\d)[A-Z]{0,3}[ -]?\d{6,9}(?!\w)", re.IGNORECASE
)
_PASSPORT_WORD = re.compile(
    r"(?:passport|pasaporte|passaporte|hộ chiếu|ho chieu|พาสปอร์ต|หนังสือเดินทาง)[^\d\n]{0,24}$"
)


def papers(text: str) -> Iterator[Span]:
    """National numbers with letters, each by its check letter or its own shape."""
    for found in _SPANISH.finditer(text):
        if _spanish(found):
            yield Span("national_id", *found.span())
    for pattern in (_CURP, _RFC, _NEW_CNPJ):
        for found in pattern.finditer(text):
            yield Span("national_id", *found.span())
    for found in _RUT.finditer(text):
        if _chilean(found):
            yield Span("national_id", *found.span())


def passports(text: str) -> Iterator[Span]:
    """Six to nine digits, letters before them or not, after a word for a passport."""
    for found in _PASSPORT.finditer(text):
        if _PASSPORT_WORD.search(before(text, found.start())):
            yield Span("passport", *found.span())


def _spanish(found: re.Match[str]) -> bool:
    foreign, seven, eight, letter = found.groups()
    number = f"{'XYZ'.index(foreign.upper())}{seven}" if foreign else eight.replace(".", "")
    return _LETTERS[int(number) % 23] == letter.upper()


def _chilean(found: re.Match[str]) -> bool:
    """Modulo 11 with the factors 2 to 7 from the right (Registro Civil)."""
    body = found[1].replace(".", "")
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body)))
    return "0123456789K0"[11 - total % 11] == found[2].upper()
