"""Claims by the shape of the sentence.

The lists of `promise.txt` name what businesses do. Here more verbs that change something count where a thing of the
customer's stands with them: "I've bumped you up", "dei baixa no pedido", "ย้ายคิวให้แล้ว"; and what only somebody who did
it can say: "All sorted", "a minute ago". Each language lists its verbs; those that do nothing are too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rejoinder.guard.replying.acting.english import ENGLISH
from rejoinder.guard.replying.acting.portuguese import PORTUGUESE
from rejoinder.guard.replying.acting.shape import Shapes
from rejoinder.guard.replying.acting.spanish import SPANISH
from rejoinder.guard.replying.acting.thai import THAI
from rejoinder.guard.replying.acting.vietnamese import VIETNAMESE
from rejoinder.guard.wording.phrases import Hit

_ALL: Final = (ENGLISH, SPANISH, PORTUGUESE, VIETNAMESE, THAI)
_THAI: Final = re.compile("[\u0e01-\u0e4e]")
_THINGS: Final = re.compile(
    "|".join(each.things if each is THAI else f" {each.things} " for each in _ALL)
    + r"| (?:euros|reais|\d+ ?đ) "
)
_FAR: Final = 160  # characters: no sentence is looked through further
_THAI_ENDS: Final = ("ค่ะ ", "ครับ ", "คะ ", "จ้า ")
# "Ready! Now you can order": what is still to be done.
_TO_DO: Final = re.compile(
    r" (?:can|só|pode|podes|basta|puedes|puede|solo|just|chỉ|có thể|please) |ได้เลย"
)
_TOLD: Final = "act told"
"""What records may show, and the customer's own words: a claim of no kind in particular."""


def acts(marked: str) -> Iterator[Hit]:
    """Where a text, as `Said.marked` has it, claims so in one of the five languages."""
    words = set(marked.split())
    for spoken in _ALL:
        if words & spoken.words if spoken.words is not None else _THAI.search(marked):
            yield from _acts(spoken, marked)


def _acts(spoken: Shapes, marked: str) -> Iterator[Hit]:
    for found in spoken.done.finditer(marked):
        yield _hit(found)
    for found in spoken.just_now.finditer(marked):
        if _THINGS.search(_sentence(marked, found, spoken)):
            yield _hit(found)
    for found in spoken.ready.finditer(marked):
        rest = f" {found['rest']}"
        if _THINGS.search(rest) and spoken.now.search(rest) and not _TO_DO.search(rest):
            yield _hit(found)


def _hit(found: re.Match[str]) -> Hit:
    return Hit(_TOLD, max(found.start() - 1, 0), found.end())


def _sentence(marked: str, found: re.Match[str], spoken: Shapes) -> str:
    """The sentence around it; in Thai what stands before it behind the last particle that ends one."""
    least, most = max(found.start() - _FAR, 0), found.end() + _FAR
    start = marked.rfind(" . ", least, found.start())
    if spoken is THAI:
        ends = (marked.rfind(end, least, found.start()) for end in _THAI_ENDS)
        return marked[max(start, *ends, least) : found.end()]
    end = marked.find(" . ", found.end(), most)
    return marked[max(start, least) : end + 1 if end >= 0 else most]
