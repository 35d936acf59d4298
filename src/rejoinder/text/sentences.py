"""A text as its sentences."""

from __future__ import annotations

import re

# Dots after these end no sentence: titles, "number", "for example", "about", Ho Chi Minh City.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|dra|sr|sra|prof|st|no|nº|tel|e\.g|i\.e|approx|vs|ex|aprox|av|tp|ths|q|p"
    r"|น|พ\.ศ|ถ|ต|อ|จ|โทร|[a-z])\.$",
    re.IGNORECASE,
)
# Thai writes no full stop: a space after a closing particle ends a sentence.
_BEFORE = 12  # characters that tell an abbreviation, longer than any of them

_AFTER_THAI_END = "|".join(
    f"(?<={particle})"
    for particle in ("ครับ", "คับ", "ค่ะ", "คะ", "ค่า", "จ้า", "จ้ะ", "ไหม", "มั้ย", "หรือเปล่า", "หรือไม่")
)
_END = re.compile(
    r"(?P<line>(?<!\s)\s*\n\s*)"
    r"|(?<=[!?…。！？])(?P<strong>[\"'”’)\]]*\s+|(?=[^\s!?…\"'”’)\].,。！？]))"
    r"|(?<=[.])(?P<dot>[\"'”’)\]]*\s+)"
    rf"|(?P<thai>(?:{_AFTER_THAI_END})\s+)(?=[\u0e00-\u0e7fA-Za-z])"
)
_COMMA = re.compile(r"[,;、，]\s+|(?<!\s)\s+[-–—]\s+|(?<=[\u0e00-\u0e7f])\s+(?=[\u0e00-\u0e7f])")


def sentences(text: str) -> list[str]:
    """The sentences in order, stripped; every line end ends one.

    Latin: at . ! ? … before what can begin a sentence, not after an abbreviation. Thai: at a space
    after a closing particle (ครับ, ค่ะ, ไหม …); without one a Thai line is one sentence.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        after = text[end.end() : end.end() + 1]
        before = text[max(start, end.start() - _BEFORE) : end.start()]
        inside = after.islower() or _ABBREVIATION.search(before)
        if end.lastgroup == "dot" and inside:
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def clauses(text: str) -> list[str]:
    """The sentences, parted at commas too: people tell what happened, comma, then ask."""
    return [
        clause.strip()
        for sentence in sentences(text)
        for clause in _COMMA.split(sentence)
        if clause.strip()
    ]
