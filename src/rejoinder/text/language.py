"""Which language a text is in, as far as a line of chat can tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rejoinder.text.fold import fold
from rejoinder.text.vocabulary import function_words

# A script that only one of the languages we name is written in. Cyrillic, Arabic and Devanagari serve
# several, so they stay "und".
_SCRIPTS = (
    ("th", re.compile("[\u0e01-\u0e4e]")),
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("lo", re.compile("[\u0e81-\u0ede]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
)
_LETTER = re.compile(r"[^\W\d_]")
# Thai chat is full of Latin product names; one Thai letter in five is still Thai.
_SHARE = 0.2
_KANA_SHARE = 0.1  # of the letters of a Japanese line; Chinese has none

_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]")
# Letters that speak for a language without proving it, in units of one function word.
_LETTERS = {
    "pt": re.compile("[ãõ]|ç(?=[ãõoú])"),
    "es": re.compile("[ñ¿¡]|ción"),
    "de": re.compile("[ßäöü]"),
    "fr": re.compile("[èëîïûœ]|ç(?=a)"),
}
_BY_FUNCTION_WORDS = ("en", "pt", "es", "fr", "de", "id")
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def language(text: str) -> str:
    """The ISO 639-1 code (en, th, vi, pt, es, fr, de, id, zh, ja, ko, el, he, lo, km, my), else "und".

    Script first, then letters, then function words; a tie, or too little to go by, is "und".
    """
    lowered = text.lower()
    letters = len(_LETTER.findall(lowered))
    if not letters:
        return "und"
    for code, pattern in _SCRIPTS:
        share = _KANA_SHARE if code == "ja" else _SHARE
        if len(pattern.findall(lowered)) >= share * letters:
            return code
    if _VIETNAMESE.search(lowered):
        return "vi"
    return _latin(lowered)


def _latin(lowered: str) -> str:
    tokens = [token.replace("'", "").replace("’", "") for token in _LATIN_WORD.findall(lowered)]
    if not tokens:
        return "und"
    scores = {
        code: float(sum(token in small for token in tokens))
        for code, small in function_words().items()
        if code in _BY_FUNCTION_WORDS
    }
    for code, pattern in _LETTERS.items():
        scores[code] += len(pattern.findall(lowered))
    scores["vi"] = _bare_vietnamese(tokens)
    best, second = sorted(scores, key=lambda code: scores[code], reverse=True)[:2]
    # One small word in five is what running text of any of these languages has at least.
    if scores[best] == scores[second] or scores[best] < max(1.0, len(tokens) / 6):
        return "und"
    return best


def _bare_vietnamese(tokens: Sequence[str]) -> float:
    """Its syllables are short, and two in three of a shop's chat are among the hints."""
    hints = function_words()["vi hints"]
    hits = sum(fold(token) in hints for token in tokens)
    enough = hits >= max(2, 0.5 * len(tokens))
    return hits * 0.9 if enough else 0.0
