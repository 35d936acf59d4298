"""A text as the folded words that search compares."""

from __future__ import annotations

import re
import unicodedata

from rejoinder.text.fold import fold
from rejoinder.text.thai import segment

# `\w` leaves out combining marks, which are part of words in the scripts from Hebrew to Khmer.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0963\u0966-\u0dff\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
_IDEOGRAPHS = "\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_THAI = "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e"  # no ๆ, ฯ, ฿ nor digits
_LETTER = rf"(?![{_THAI}{_IDEOGRAPHS}\u0e2f\u0e46])[^\W_]"
_TOKEN = re.compile(
    rf"(?P<thai>[{_THAI}]+)"
    rf"|(?P<ideographs>[{_IDEOGRAPHS}]+)"
    r"|(?P<number>\d+(?:[.,]\d{3})+(?!\d))"
    rf"|(?P<word>\d+|(?:{_LETTER}|[{_MARKS}])(?:{_LETTER}|[{_MARKS}]|['’](?=[^\W\d_]))*)"
)
_ELISION = re.compile("^(?:[cdjlmnst]|qu|jusqu|lorsqu)['’](?=...)")


def words(text: str) -> list[str]:
    """The words in order, folded: Thai by dictionary, Chinese and Japanese as pairs of characters.

    Other scripts part at everything that is no letter, mark or digit. Thousands separators vanish
    (1,290 and 1.290 are both 1290), and so do apostrophes and the elided article (l'heure → heure).
    Lao, Khmer and Burmese runs stay whole.
    """
    return _split(fold(text))


def written(text: str) -> list[str]:
    """The same words with their accents, in lower case; in Vietnamese one for each of `words`."""
    return _split(unicodedata.normalize("NFC", text).lower())


def _split(text: str) -> list[str]:
    found: list[str] = []
    for token in _TOKEN.finditer(text):
        run = token.group()
        match token.lastgroup:
            case "thai":
                found += segment(run)
            case "ideographs":
                found += [run[i : i + 2] for i in range(max(len(run) - 1, 1))]
            case "number":
                found.append(run.replace(",", "").replace(".", ""))
            case _:
                found.append(_plain(run))
    return found


def _plain(run: str) -> str:
    if "'" not in run and "’" not in run:
        return run
    return _ELISION.sub("", run).replace("'", "").replace("’", "")
