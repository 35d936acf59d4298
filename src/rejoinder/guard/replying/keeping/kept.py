"""Sentences of the instructions that say they are not for customers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache

from rejoinder.guard.wording.phrases import Listed, first, phrases
from rejoinder.guard.wording.said import Said
from rejoinder.text import sentences


@lru_cache(maxsize=4096)
def kept_back(sentence: str) -> bool:
    """Whether customers shall not be told it, or the sentence before it. Kept: a bot's own come with every turn."""
    return first(_secret(), Said(sentence).folded) is not None


@lru_cache(maxsize=256)
def public(instructions: str, internal: str) -> str:
    """What of the instructions a reply may rest on: without our own rules and what is confidential."""
    return "\n".join(
        each for each in _sentences(instructions, internal) if not _CONFIDENTIAL.search(each)
    )


@lru_cache(maxsize=256)
def confidential(instructions: str, internal: str) -> str:
    """The sentences that say so themselves. "Don't tell them to call" is an order, and what to say may stand in it."""
    return "\n".join(
        each for each in _sentences(instructions, internal) if _CONFIDENTIAL.search(each)
    )


_CONFIDENTIAL = re.compile(
    r"^\W*(?:internal|confidential|secret|intern[oa]|confidencial|secreto|segredo|sigilos[oa]|nội bộ|bí mật"
    r"|ภายใน|ข้อมูลภายใน|ลับ)\s?:"
    r"|\b(?:confidential|(?:staff|employees) only|internal (?:use|only)|top secret|confidencial|sigilos[oa]|uso interno"
    r"|sólo empleados|solo (?:para )?(?:empleados|el personal)|só para funcionários|apenas (?:para )?a equipe"
    r"|chỉ dành cho nhân viên)\b|ข้อมูลลับ|เฉพาะพนักงาน|เป็นความลับ",
    re.IGNORECASE,
)


def _sentences(instructions: str, internal: str) -> Iterator[str]:
    lines = instructions.replace(internal, "\n") if internal else instructions
    return (each for line in lines.splitlines() for each in sentences(line))


def retells(reply: Said, instructions: str, internal: str, asked: str) -> bool:
    """Whether a sentence holds the substance of a confidential one: three of its words that stand nowhere else.

    Not words that the customer wrote, and not where the sentence says that it tells nothing.
    """
    secrets = _substances(instructions, internal)
    if not any(len(_in(reply.folded, each)) >= _RETOLD for each in secrets):
        return False
    heard = Said(asked).folded
    for sentence in sentences(reply.text):
        said = Said(sentence)
        told = (_in(said.folded, each) for each in secrets)
        retold = any(len(each) - len(_in(heard, each)) >= _RETOLD for each in told)
        if retold and first(_refusal(), said.marked) is None:
            return True
    return False


def _in(folded: str, stems: Collection[str]) -> list[str]:
    """Those that a text has: beginnings of words, Thai anywhere."""
    return [each for each in stems if each in folded]


_RETOLD = 3
_LONG = 5  # letters of a word that says something; Thai words are shorter
_LONG_THAI = 4
_STEM = 5
_THAI = re.compile("[\u0e01-\u0e4e]")


@lru_cache(maxsize=256)
def _substances(instructions: str, internal: str) -> tuple[frozenset[str], ...]:
    """The stems of each confidential sentence that neither our rules nor the rest of the instructions use."""
    told = _stems(f"{public(instructions, internal)}\n{internal}")
    substances = (
        _stems(sentence) - told for sentence in confidential(instructions, internal).splitlines()
    )
    return tuple(each for each in substances if len(each) >= _RETOLD)


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        word if _THAI.match(word) else f" {word[:_STEM]}"
        for word in Said(text).words
        if _says_something(word)
    )


def _says_something(word: str) -> bool:
    return len(word) >= (_LONG_THAI if _THAI.match(word) else _LONG)


@cache
def _refusal() -> Listed:
    return phrases("leak", folded=False).meaning("refusal")


@cache
def _secret() -> Listed:
    return phrases("leak", folded=True).meaning("secret")
