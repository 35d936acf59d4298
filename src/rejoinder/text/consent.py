"""Words by which customers end messages, and by which they want them again, in five languages."""

from __future__ import annotations

import unicodedata
from typing import Literal

from rejoinder.text.fold import fold
from rejoinder.text.vocabulary import consent_words

_LONGEST = 60
_POLITE = ("please ", "pls ", "por favor ", "ขอ", "กรุณา", "xin ")
_POLITE_AFTER = (
    " please",
    " pls",
    " por favor",
    "ครับ",
    "ค่ะ",
    "คะ",
    "นะ",
    " a",
    " nhe",
    " ạ",
    " nhé",
)
_MEANS: dict[str, Literal["opt_out", "opt_in"]] = {
    "out": "opt_out",
    "out plain": "opt_out",
    "out as written": "opt_out",
    "in": "opt_in",
    "in plain": "opt_in",
}


def wish(text: str, *, offered: bool = False) -> Literal["opt_out", "opt_in"] | None:
    """What a whole message wishes; None for any that says more, or something else.

    Of a button that an answer `offered` only words count that mean nothing else.

    Case, punctuation, emoji and a polite word around it make no difference; nor do accents, but for words that would
    be others without: "dừng" is stop, "đúng" is right, and "dung" is either.
    """
    if len(text) > _LONGEST:
        return None
    words = consent_words()
    for said in (_bare(fold(text)), _bare(unicodedata.normalize("NFC", text).casefold())):
        found = words.get(said) or words.get(_impolite(said))
        if found is not None:
            return None if offered and found not in ("out", "in") else _MEANS[found]
    return None


def _bare(folded: str) -> str:
    kept = (
        char if char == "-" or unicodedata.category(char)[0] in "LMN" else " " for char in folded
    )
    return " ".join("".join(kept).split()).strip("-")


def _impolite(said: str) -> str:
    for word in _POLITE:
        said = said.removeprefix(word)
    for word in _POLITE_AFTER:
        said = said.removesuffix(word)
    return said.strip()
