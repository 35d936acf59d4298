"""Whether a reply is text that can be sent: there at all, whole, not too long, not said before."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rejoinder.guard.redact import PLACEHOLDER
from rejoinder.guard.replying.reply import Reply
from rejoinder.guard.wording.said import spaced
from rejoinder.text import fold

_BROKEN = re.compile(
    r"```|\{\{|\}\}|\{%|%\}|\[object Object\]|\bundefined\b|<\|[^|\s]{1,30}\|>|\[/?INST\]|\\u[0-9a-f]{4}"
    r"|&(?:lt|gt|amp|quot);"
    r"|</?(?:passage|unanswered|context|message|attachment|think|thinking|system|assistant|div|span|p|br|html)\b"
    r"|\"[a-z_]{2,30}\"\s*:\s*[\"{\[\d]|\\n|\bTraceback \(most recent|\bLorem ipsum\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\s*(?:\{.*\}|\[\s*[\{\"].*\]|null|none|nan|n/a|true|false)\s*", re.IGNORECASE | re.DOTALL
)
# What templates leave behind: [Your Name], [ORDER_NUMBER], {customer_name}, <insert date>.
_LEFT_BLANK = re.compile(
    r"\[(?:your|customer|customer's|insert|name|order|company|business|date|link|url|amount|product|phone|email"
    r"|tu|su|seu|sua|nombre|nome|cliente|inserir|insertar|tên|số|ngày)\b[^\]\n]{0,40}\]"
    r"|\[(?:ชื่อ|ระบุ|ใส่|เลข)[^\]\n]{0,40}\]|(?<!\{)\{[a-zA-Z_][\w .]{1,40}\}(?!\})"
    r"|<(?:insert|your|customer|nombre|nome)\b[^>\n]{0,40}>",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"\[[A-Z][A-Z0-9]{0,30}(?:[ _][A-Z0-9]{1,30}){1,6}\]")
_COURTESY = 60  # characters, folded: "You're welcome, have a nice day!" may be said twice
_LIKE = 0.85  # of the runs of five characters that either has
_LAST = 5  # replies
_ENOUGH_WORDS = 10  # Thai has few spaces


def empty(reply: Reply) -> str:
    """Nothing a reader could see: no letter, digit or symbol."""
    seen = any(unicodedata.category(char)[0] in "LNS" for char in reply.text)
    return "" if seen else "the reply is empty"


def broken_output(reply: Reply) -> str:
    """JSON, code, marks of templates and tags instead of, or among, the words."""
    found = _BROKEN.search(reply.text)
    if found is not None and found.group() not in reply.knowledge.text:
        return f'"{found.group()[:30]}" is no text for a customer'
    if _WHOLE.fullmatch(reply.text):
        return "the reply is data, not text"
    return ""


def unresolved_placeholder(reply: Reply) -> str:
    """A placeholder that stands for nothing and that nobody wrote."""
    for pattern in (PLACEHOLDER, _LEFT_BLANK, _SHOUTED):
        for found in pattern.finditer(reply.text):
            if found.group() not in f"{reply.told}\n{reply.asked}":
                return f'"{found.group()[:60]}" stands for nothing'
    return ""


def too_long(reply: Reply) -> str:
    """More characters than `longest_reply`, or than the channel carries."""
    most = min(reply.check.longest_reply, reply.facts.limit or reply.check.longest_reply)
    length = len(reply.text)
    return f"{length} characters, {most} are allowed" if length > most else ""


def repeated(reply: Reply) -> str:
    """Nearly the same words, with the same numbers, as one of the bot's last five replies; short courtesies apart.

    Who asks the same thing again may be told the same again, once.
    """
    said = reply.folded
    if len(said) < _COURTESY:
        return ""
    earlier = [_folded(each) for each in reply.facts.earlier_replies[-_LAST:]]
    before = sum(_same(said, other) for other in earlier)
    if not before or (before == 1 and _asked_again(reply)):
        return ""
    return "the reply says again what the bot has said before"


def _asked_again(reply: Reply) -> bool:
    facts = reply.facts
    earlier = [_folded(line.text) for line in facts.history if line.speaker == "customer"]
    asked = _folded("\n".join(facts.asked))
    return any(_same(asked, other) for other in earlier)


def _same(one: str, other: str) -> bool:
    return one == other or (
        re.findall(r"\d+", one) == re.findall(r"\d+", other) and _alike(one, other)
    )


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _LIKE * longer:
        return False
    said, before = set(one.split()), set(other.split())
    if len(said) >= _ENOUGH_WORDS and len(said & before) < len(said | before) / 2:
        return False  # most are told apart by their words, a tenth of the time
    runs, others = _runs(one), _runs(other)
    return len(runs & others) >= _LIKE * len(runs | others)


@lru_cache(maxsize=256)
def _runs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 5] for at in range(max(len(text) - 4, 1)))


@lru_cache(maxsize=256)
def _folded(text: str) -> str:
    return spaced(fold(text))
