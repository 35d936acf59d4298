"""Words written so that nobody finds them: letter by letter, by initials, backwards, in base64, hex or rot13."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rejoinder.guard.wording.said import Said
from rejoinder.text import fold

_PLAIN: Final = re.compile(r"[^a-z0-9\u0e01-\u0e5b]+")
_LETTERS_OR_DIGITS: Final = re.compile(r"[a-z]+|\d+|[\u0e01-\u0e4e]+")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_ROT13: Final = str.maketrans(_ALPHABET, _ALPHABET[13:] + _ALPHABET[:13])
_CODED: Final = re.compile(r"[A-Za-z0-9+/_-]{8,2000}={0,2}")
_HEX: Final = re.compile(r"\b(?:[0-9a-fA-F]{2}[ :,-]?){5,1000}\b")
_MOST = 8  # codes of one text that are looked into
_SHORTEST = 6  # letters and digits: shorter ones stand in any text by chance
_SHORTEST_WORD = 5  # letters of a code without its digits, where it is spelled

# Folded. Digits as they are spoken, and the marks between them.
_SPOKEN: Final = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh cero khong ศูนย์",
            "one uno um mot หนึ่ง",
            "two dos dois hai สอง",
            "three tres ba สาม",
            "four cuatro quatro bon สี่",
            "five cinco nam lam ห้า",
            "six seis sau หก",
            "seven siete sete bay เจ็ด",
            "eight ocho oito tam แปด",
            "nine nueve nove chin เก้า",
        )
    )
    for word in words.split()
}
_SILENT: Final = frozenset(
    {
        "dash",
        "hyphen",
        "minus",
        "space",
        "dot",
        "point",
        "guion",
        "raya",
        "punto",
        "espacio",
        "traco",
        "hifen",
        "ponto",
    }
    | {"espaco", "gach", "ngang", "cham", "ขีด", "จุด"}
)


def spells(said: Said, secret: str) -> bool:
    """Whether a text gives a code or name away in one of these ways; `secret` is folded."""
    wanted = _plain(secret)
    if len(wanted) < _SHORTEST:
        return False
    written, initials = _forms(said.text, said.folded)
    if any(wanted in each for each in (*written, *initials)):
        return True
    word = wanted.strip("0123456789")
    return word != wanted and len(word) >= _SHORTEST_WORD and any(word in each for each in initials)


@lru_cache(maxsize=1024)
def _plain(folded: str) -> str:
    """Nothing but letters and digits."""
    return _PLAIN.sub("", folded)


@lru_cache(maxsize=16)
def _forms(text: str, folded: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The text in a row, also read backwards and decoded; and the initials of its words, both ways."""
    row = folded.replace(" ", "").replace(".", "")
    decoded = tuple(_PLAIN.sub("", fold(each)) for each in _decoded(text))
    initials = "".join(map(_initial, _LETTERS_OR_DIGITS.findall(folded)))
    return (row, row[::-1], row.translate(_ROT13), *decoded), (initials, initials[::-1])


def _initial(token: str) -> str:
    if token in _SILENT:
        return ""
    return token if token.isdecimal() else _SPOKEN.get(token, token[0])


def _decoded(text: str) -> Iterator[str]:
    for found in _first(_CODED, text):
        if found[1:].islower():  # a word
            continue
        code = found.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    for found in _first(_HEX, text):
        try:
            yield bytes.fromhex(re.sub("[ :,-]", "", found)).decode()
        except ValueError:
            continue


def _first(pattern: re.Pattern[str], text: str) -> list[str]:
    found = (each.group() for each in pattern.finditer(text))
    return [each for each, _ in zip(found, range(_MOST), strict=False)]
