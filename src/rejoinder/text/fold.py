"""One spelling for what a reader takes as the same letters, whatever keyboard typed them."""

from __future__ import annotations

import re
import unicodedata

# Letters with a stroke or a ligature have no canonical decomposition: NFD leaves them as they are.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŧ": "t"}
)
# Thai and Arabic-Indic digits: a price is typed in either kind.
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
# Soft hyphen, word joiner and byte order mark carry nothing; a zero-width space parts words.
_INVISIBLE = str.maketrans({"\u00ad": None, "\u2060": None, "\ufeff": None, "\u200b": " "})
# Latin and Greek accents only: и and й are two letters, and so are the marks of Thai or Hindi.
_ACCENTED = re.compile(
    "([a-z\u0370-\u03ff\u0180-\u024f])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
# NFKC splits sara am (U+0E33); keyboards also put the tone mark on either side of its ring.
_SARA_AM = re.compile("([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32")


def fold(text: str) -> str:
    """The text in NFKC, case-folded, without accents on Latin and Greek letters (Vietnamese đ → d).

    Marks of other scripts stay: in Thai a tone mark makes another word.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    text = _ACCENTED.sub(r"\1", text)
    text = unicodedata.normalize("NFC", text).translate(_DIGITS).replace("เเ", "แ")
    return _SARA_AM.sub(r"\1\2ำ", text)
