"""Before the model: what is odd about what the customer wrote. Signals only: the turn goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rejoinder.bots.policies import Check
from rejoinder.guard.asking.abuse import abuse
from rejoinder.guard.asking.injection import injection
from rejoinder.guard.model import Finding
from rejoinder.guard.names import CHECKS
from rejoinder.guard.wording.said import Said

_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 20  # fewer tell no language for sure
_ONE_WORD = re.compile(r"[A-Za-z]{60,}")  # longer than a word of any language, and no address
_STRETCHED = re.compile(r"([^\W\d_])\1{29,}")


def before(asked: Sequence[str], check: Check) -> tuple[Finding, ...]:
    """A finding of each check that is not off, for all unanswered messages together."""
    said = Said("\n".join(asked))
    return tuple(
        Finding(name, not detail, detail, CHECKS[name].severity)
        for name, wrong in _CHECKS.items()
        if name not in check.off
        for detail in [wrong(said, check)]
    )


def suspicious(findings: Iterable[Finding]) -> bool:
    """Whether what follows is to be looked at more strictly (`Facts.suspicious`)."""
    return any(finding.check == "injection" and not finding.ok for finding in findings)


def _injection(said: Said, check: Check) -> str:
    return injection(said.text)


def _abuse(said: Said, check: Check) -> str:
    return abuse(said)


def _language(said: Said, check: Check) -> str:
    if not check.languages or len(_LETTER.findall(said.text)) < _FEWEST_LETTERS:
        return ""
    spoken = said.language
    known = spoken == "und" or spoken in check.languages
    return "" if known else f'"{spoken}" is none of {", ".join(check.languages)}'


def _length(said: Said, check: Check) -> str:
    length = len(said.text)
    most = check.longest_question
    return f"{length} characters, {most} are read" if length > most else ""


def _gibberish(said: Said, check: Check) -> str:
    if not said.text.strip():
        return "no words"
    if _ONE_WORD.search(said.text) or _STRETCHED.search(said.text):
        return "letters that are no words"
    return ""


_CHECKS: dict[str, Callable[[Said, Check], str]] = {
    "injection": _injection,
    "abuse": _abuse,
    "language": _language,
    "length": _length,
    "gibberish": _gibberish,
}
