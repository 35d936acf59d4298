"""What a text says underneath: hidden characters taken out, look-alike letters and codes read."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from itertools import islice

# Bidirectional overrides, and the tag characters that show nothing at all: no keyboard types them.
_NEVER_TYPED = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0020-\U000e007f]")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f")  # of Scotland and its like
# Zero-width characters between Latin letters; Thai and emoji have honest uses for them.
_HIDDEN = re.compile("(?<=[A-Za-z])[\u200b-\u200f\u2060\u00ad\ufeff\u180e]+(?=[A-Za-z])")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\u00ad\ufeff\u180e\u202a-\u202e\u2066-\u2069]")
_LOOK_ALIKES = str.maketrans(
    "авеёікмнорсстухѕјһӏԁԛԝαβειικνορτυχγΑΒΕΗΙΚΜΝΟΡΤΧАВЕКМНОРСТХІЅЈ",
    "abeeikmhopcctyxsjhldqwabeiiknoptuxyABEHIKMNOPTXABEKMHOPCTXISJ",
)
_MIXED = re.compile("[A-Za-z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][A-Za-z]")
_CODED = re.compile(r"[A-Za-z0-9+/_-]{20,4000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){16,2000}")
_MOST_CODES = 8  # of one text that are looked into
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LEET_WORD = re.compile(r"[a-z][013457@$!|][a-z]|\b[013457@$][a-z]{2,}[013457@$]", re.IGNORECASE)
_SPACED = re.compile(r"(?:(?<![^\W\d_])[^\W\d_][ .\-_*]){6,}")
_ROT13 = re.compile("vtaber|vafgehp|cebzcg|vtaben", re.IGNORECASE)
_BACKWARDS = re.compile("erongi|snoitcurtsni|tpmorp|senoiccurtsni|seõçurtsni", re.IGNORECASE)


def disguised(text: str) -> str:
    """What is odd about the characters themselves, empty for nothing."""
    if text.isascii():
        return ""
    if _NEVER_TYPED.search(_FLAG.sub("", text)):
        return "characters that change or hide the text"
    if len(_HIDDEN.findall(text)) >= 2:
        return "invisible characters inside words"
    if len(_MIXED.findall(text)) >= 2:
        return "letters of two scripts in one word"
    return ""


def readings(text: str) -> Iterator[tuple[str, str]]:
    """(how it was hidden, what it says): the text as it stands, then each disguise it may wear."""
    yield "", text
    if not text.isascii():
        plain = _tagged(_INVISIBLE.sub("", text))
        if plain != text:
            yield "invisible characters", plain
        if _MIXED.search(plain):
            yield "look-alike letters", plain.translate(_LOOK_ALIKES)
    if _LEET_WORD.search(text):
        yield "digits for letters", text.lower().translate(_LEET)
    if _SPACED.search(text):
        yield "spaced letters", _closed_up(text)
    if _ROT13.search(text):
        yield "rot13", codecs.encode(text, "rot13")
    if _BACKWARDS.search(text):
        yield "backwards", text[::-1]
    yield from (("encoded text", decoded) for decoded in _decoded(text))


def _tagged(text: str) -> str:
    """Tag characters as the ASCII they stand for."""
    return "".join(
        chr(ord(char) - 0xE0000) if "\U000e0020" <= char <= "\U000e007e" else char for char in text
    )


def _closed_up(text: str) -> str:
    """ "i g n o r e  a l l" as "ignore all"; where only single spaces part letters, words run together."""
    return _SPACED.sub(lambda run: re.sub(r"[ .\-_*](?![ .\-_*])", "", f"{run.group()}"), text)


def _decoded(text: str) -> Iterator[str]:
    for found in islice(_CODED.finditer(text), _MOST_CODES):
        code = found.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(code + "=" * (-len(code) % 4), validate=True)
        except binascii.Error:
            continue
        yield from _readable(raw)
    for found in islice(_HEX.finditer(text), _MOST_CODES):
        yield from _readable(bytes.fromhex(re.sub("[ :]", "", found.group())))


def _readable(raw: bytes) -> Iterator[str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable():
        yield text
