"""Claims that something was done: nothing is done while a reply is written, so they must rest on a record."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain

from rejoinder.guard.replying.acting.claims import acts
from rejoinder.guard.replying.reply import Reply
from rejoinder.guard.wording.phrases import Hit, Listed, find, find_all, first, phrases
from rejoinder.guard.wording.said import Said

_NEAR = 10  # characters before a claim in which a negation is its own
_FAR = 90
_TOLD = " told"
_THEN = " thì "  # Vietnamese: what stands before it is a condition
# "Your booking is confirmed once you get our email": what stands behind it is a condition.
_PROVIDED = re.compile(
    r" (?:[^ .]+ ){0,2}(?:once|if|as soon as|si|en cuanto|una vez que|assim que|caso|nếu|khi) |\s?(?:ก่อนมา|ก่อนเข้า)"
)
_SUFFERED = " bị "  # Vietnamese: what was done to somebody, nobody claims to have done
# What models report as done that is only speech.
_SPEECH = frozenset(
    {
        "answered",
        "informed",
        "told",
        "explained",
        "confirmed",
        "provided",
        "shared",
        "gave",
        "greeted",
        "apologised",
    }
    | {
        "apologized",
        "asked",
        "offered",
        "said",
        "replied",
        "listed",
        "described",
        "thanked",
        "recommended",
    }
)
_LANGUAGES = frozenset({"en", "th", "vi", "pt", "es"})
# A Thai sentence ends in a particle and a space, not in a full stop.
_ENDS = (" . ", "ค่ะ ", "ครับ ", "คะ ", "จ้า ")


def promise(reply: Reply) -> str:
    """ "I have refunded you", "ยกเลิกออเดอร์ให้แล้วค่ะ" and their like, and what the model itself says it did.

    Grounded by what was done, the context, an earlier line of the business, or a passage that tells the same.
    """
    listed = find_all(phrases("promise", folded=False), reply.marked)
    for hit in chain(listed, acts(reply.marked)):
        what = hit.means.removesuffix(_TOLD)
        if not _voided(reply, hit) and not _recorded(reply, what):
            return f'"{hit.shown(reply.marked)}": nothing of the kind was done'
    return _own_report(reply)


@lru_cache(maxsize=256)
def claims(marked: str) -> frozenset[str]:
    """What a text tells as done; `marked` as `Said` has it."""
    found = chain(find(phrases("promise", folded=False), marked), acts(marked))
    return frozenset(hit.means.removesuffix(_TOLD) for hit in found)


def _own_report(reply: Reply) -> str:
    """What the model says its reply claims: a second witness, in whatever language it wrote."""
    for claim in reply.facts.done:
        said = Said(claim)
        if not said.words or said.words[0] in _SPEECH:
            continue
        named = {hit.means for hit in find(phrases("done", folded=False), said.marked)}
        if (
            named
            and not any(_recorded(reply, what) for what in named)
            and not _spoken_of(reply, said)
        ):
            return f'"{claim[:80]}": nothing of the kind was done'
    return ""


def _recorded(reply: Reply, what: str) -> bool:
    if first(_done(what), reply.records.marked) is not None:
        return True
    return bool(reply.facts.passages) and what in claims(reply.knowledge.marked)


@cache
def _done(what: str) -> Listed:
    return phrases("done", folded=False).meaning(what)


def _spoken_of(reply: Reply, claim: Said) -> bool:
    """Most of the claim's words stand in the records."""
    words = [word for word in claim.words if len(word) > 3]
    return bool(words) and sum(word in reply.records.folded for word in words) > len(words) / 2


def _voided(reply: Reply, hit: Hit) -> bool:
    text = reply.marked
    ends = [(text.rfind(end, 0, hit.start + 1), len(end) - 1) for end in _ENDS]
    start = max([hit.start - _FAR, 0, *(at + length for at, length in ends if at >= 0)])
    if not hit.means.endswith(_TOLD) and _SUFFERED in text[hit.start : hit.end]:
        return True
    if _THEN in text[hit.end - 1 : hit.end + _NEAR]:
        return True
    if hit.means.endswith(_TOLD) and _provided(text, hit.end):
        return True
    language = reply.language if reply.language in _LANGUAGES else "en"
    before = f" {text[start : hit.start]} "
    if any(find(_unless("condition", language), before)):
        return True
    near = f" {text[max(start, hit.start - _NEAR) : hit.end]}"
    if any(find(_unless("negation", language), near)):
        return True
    return hit.means.endswith(_TOLD) and any(find(_unless("echo", language), before))


def _provided(text: str, end: int) -> bool:
    """Whether a condition stands behind; a Thai claim ends without a space."""
    return any(_PROVIDED.match(text, at) is not None for at in (end - 1, end))


@cache
def _unless(kind: str, language: str) -> Listed:
    return phrases("unless", folded=False).meaning(f"{kind} {language}")
