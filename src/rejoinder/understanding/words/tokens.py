"""A message as tokens: words, numbers, punctuation, emoji and emoticons, in order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rejoinder.text.fold import fold
from rejoinder.text.thai import segment
from rejoinder.understanding.words.slang import cut

Kind: TypeAlias = Literal["word", "number", "end", "face", "repeat", "other"]

_THAI = "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e"
_LATIN = "a-z\u00df-\u024f\u1e00-\u1eff"
# Emoticons after case-folding, the long ones first; (?<!\w) keeps "asd:d" and "http:/" out.
_FACE = (
    r"(?<!\w)(?:t[_.]+t|;[_.]+;|>[_.]+<|-[_.]+-+|u[_.]+u|o[_.]o|\^[_.,-]*\^|>:\(|:'\(|:'\)"
    r"|[:;=x]['-]?[)\]]+|[:=]['-]?[(\[]+|[:=;x]-?d+(?!\w)|[:=]-?[/\\|](?!/)|[:=][pv3*](?!\w)|:-?\*|<3+|</3|\(y\))"
)
_TOKEN = re.compile(
    r"(?P<link>https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]++@[\w-]+\.\w+)"
    rf"|(?P<face>{_FACE}|[\u2639\u263a\u2665\u2764\u2600-\u27bf\u2b50\U0001f300-\U0001faff])"
    rf"|(?P<thai>[{_THAI}]+)"
    r"|(?P<repeat>ๆ)"
    rf"|(?P<word>[{_LATIN}]+(?:\d+[{_LATIN}]*)?(?:['’`][{_LATIN}]+)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*)"
    r"|(?P<end>[.,;!?…。！？\n]+|\s[-–—]\s)"
    r"|(?P<other>[^\W\d_]+)"
)
_CARRIED = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")  # variation, joiner, skin tone
_MARKED = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹàáâãèéêìíòóôõùúý]")
# Two ways to place a tone on oa, oe and uy: the older one is made the newer.
_TONE = re.compile(r"(o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![a-z\u0103\u00e2])")
_PLACED = dict(zip("àáảãạèéẻẽẹ", "òóỏõọòóỏõọ", strict=True)) | dict(
    zip("ỳýỷỹỵ", "ùúủũụ", strict=True)
)
_LONG = re.compile(r"(.)\1{2,}")
_LAST_TWICE = re.compile(rf"([กนมยวบาะ])\1+(?![{_THAI}])")  # มากก, เลยย
_NOT_AND_VERY = ("ไม่", "มาก")
_LAUGH = re.compile(r"5{3,}$")
# Longer messages are read from their beginning and their end: what is wanted stands there.
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Token:
    """One piece; `form` is folded (Vietnamese keeps its marks where any were typed), `stretched` tells of "sooo".

    `spaced`: the first word after a space, which in Thai parts clauses.
    """

    form: str
    kind: Kind
    stretched: bool = False
    shouted: bool = False
    thai: bool = False
    spaced: bool = False


def tokens(text: str, language: str) -> list[Token]:
    """The tokens of a message in a language; links and addresses are left out."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}\n{text[-_LONGEST // 2 :]}"
    shouted = _shouted(text)
    found: list[Token] = []
    written = _spelled(_CARRIED.sub("", text), language)
    for match in _TOKEN.finditer(written):
        run = match.group()
        match match.lastgroup:
            case "thai":
                found += _thai(
                    run, spaced=match.start() > 0 and written[match.start() - 1].isspace()
                )
            case "word":
                form = run.replace("'", "").replace("’", "").replace("`", "")
                found.append(Token(form, "word", bool(_LONG.search(form)), form in shouted))
            case "number":
                laughs = language == "th" and bool(_LAUGH.match(run))
                found.append(Token("555" if laughs else run, "face" if laughs else "number"))
            case "end":
                found.append(Token(run.strip(" ") or "\n", "end"))
            case "face":
                found.append(Token(_face(run), "face"))
            case "repeat":
                found.append(Token("ๆ", "repeat", thai=True))
            case "other":
                found.append(Token(run, "other"))
            case _:
                pass
    return found


def spelling(phrase: str, language: str) -> str:
    """A phrase of a lexicon, written as `tokens` writes it."""
    return _spelled(phrase, language).replace("'", "").replace("/", " ").strip()


def bare(text: str) -> bool:
    """Whether a Vietnamese message was typed without any of its marks."""
    return not _MARKED.search(unicodedata.normalize("NFC", text).lower())


def _spelled(text: str, language: str) -> str:
    if language != "vi" or text.isascii():
        return fold(text)
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text)).lower()
    return _TONE.sub(lambda m: _moved(m.group()), lowered)


def _moved(pair: str) -> str:
    base = unicodedata.normalize("NFD", pair[1])[0]
    return _PLACED[pair[1]] + base if pair[0] == "o" else _PLACED[pair[1]] + "y"


def _thai(run: str, *, spaced: bool) -> list[Token]:
    stretched = bool(_LONG.search(run)) or bool(_LAST_TWICE.search(run))
    plain = _LAST_TWICE.sub(r"\1", _LONG.sub(r"\1", run))
    forms: list[str] = []
    for piece, known in cut(plain):
        forms += [piece] if known else [part for word in segment(piece) for part in _parts(word)]
    last = len(forms) - 1
    return [
        Token(form, "word", stretched and i == last, thai=True, spaced=spaced and i == 0)
        for i, form in enumerate(forms)
    ]


def _parts(word: str) -> list[str]:
    """The dictionary holds some pairs as one ("แย่มาก", "ไม่ดี"); the lists know their halves."""
    for pair in _NOT_AND_VERY:
        if len(word) > len(pair):
            if word.startswith(pair):
                return [pair, *_parts(word[len(pair) :])]
            if word.endswith(pair) and pair != "ไม่":
                return [*_parts(word[: -len(pair)]), pair]
    return [word]


def _face(run: str) -> str:
    return _LONG.sub(r"\1", run) if len(run) > 1 else run


def _shouted(text: str) -> frozenset[str]:
    """Words in capitals, lower-cased; none where a name or an abbreviation is all there is."""
    if text == text.lower():
        return frozenset()
    return frozenset(fold(word) for word in re.findall(r"[^\W\d_]{3,}", text) if word.isupper())
