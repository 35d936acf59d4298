"""The bot's instructions, told to a customer: our marks and rules, long runs, talk about them, what they hide."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rejoinder.guard.replying.keeping.kept import confidential, kept_back, public, retells
from rejoinder.guard.replying.keeping.spelled import spells
from rejoinder.guard.replying.reply import PERCENT, Reply, plain_number
from rejoinder.guard.wording.phrases import Listed, first, phrases
from rejoinder.guard.wording.said import Said
from rejoinder.text import sentences

# Forms that only our prompts and answers have.
_MARKS = re.compile(
    r"</?(?:passage|unanswered|context|message|attachment)\b|&lt;/?(?:passage|unanswered|context|message)\b"
    r"|\"(?:decision|reply|intent|sentiment|supported)\"\s*:|\bhand_off\b|<\|[a-z_]{2,20}\|>|\[/?INST\]|<<SYS>>",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"(?:\b(?:my|mis?|minhas?|meu) (?:\w{1,20} ){0,2}(?:instructions|rules|orders|guidelines|prompt|configuration"
    r"|instrucciones|reglas"
    r"|órdenes|normas|configuración|instruções|regras|ordens|configuração)|(?:lời nhắc|chỉ dẫn|chỉ thị|cấu hình"
    r"|hướng dẫn|quy tắc|luật) của"
    r" (?:tôi|em|mình)|(?:คำสั่ง|พรอมต์|การตั้งค่า|กฎ)(?:ของฉัน|ของผม|ของดิฉัน|ระบบ|ของระบบ))\s?:"
    # "My rules: be kind" is a house's own
    r"[^\n]{0,120}?(?:\b(?:not|don['’]?t|never|say|you are|no|nunca|decir|digas|eres|não|dizer|diga|você é"
    r"|không|đừng|bạn là)\b"
    r"|ไม่|ห้าม|อย่า|คุณคือ)",
    re.IGNORECASE,
)
# A run of so many characters stands in both: a line of orders; anything, after an injection; any text at all, which is
# more than a shop's opening hours and address.
_ORDERS, _SUSPICIOUS, _ANYTHING = 60, 90, 300
_NEGATION_BEFORE = 45
_CODE = re.compile(
    r"(?<![\w:.,-])(?:[A-Za-z0-9][A-Za-z0-9_-]*\d[A-Za-z0-9_-]*|[A-Z]{2}[A-Z0-9_-]{4,})(?![:.,]?\d)"
)
_NAME = re.compile(r"(?:[A-ZÀ-ÞĐ][\w'’]{2,}[ -]){1,4}[A-ZÀ-ÞĐ][\w'’]{2,}")
# "The supplier is Dentaval": one word that a sentence keeps back tells it.
_VALUE = re.compile(
    r"(?:\b(?:is|are|called|es|son|llama|é|são|chama|là|tên)|คือ|ชื่อ)\s?(?P<name>(?<=\s)[A-ZÀ-ÞĐ][\w'’-]{4,40}"
    r"|[\u0e01-\u0e4e]{5,30})"
)
_SHORTEST_SECRET = 4  # characters of a code; "24" and "9" are in every reply


def leaked_prompt(reply: Reply) -> str:
    """Whether the reply shows what a customer shall not see of the prompt. Facts of the persona may be told."""
    if _MARKS.search(reply.text):
        return "the reply holds marks of the prompt"
    if reply.facts.internal and _run(reply.folded, _folded(reply.facts.internal), _ORDERS):
        return "the reply repeats the standing rules"
    return _hidden(reply) or _verbatim(reply) or _talk(reply) or _retold(reply)


def _hidden(reply: Reply) -> str:
    earlier = ""
    for line in reply.facts.instructions.splitlines():
        for secret in _secrets(earlier, line):
            if secret in reply.knowledge.folded or _public(secret, reply):
                continue
            if secret in reply.folded or spells(reply, secret):
                return "the reply tells what the instructions keep from customers"
        earlier = line or earlier
    return _share(reply)


def _share(reply: Reply) -> str:
    """A percentage that only a confidential line has: a margin, a colleague's discount."""
    facts = reply.facts
    lines = confidential(facts.instructions, facts.internal).splitlines()
    secret = frozenset().union(*(_percents(line) for line in lines if _of_it(line, reply)))
    if not secret or not secret & _percents(reply.text):
        return ""
    heard = _percents("\n".join([public(facts.instructions, facts.internal), reply.asked]))
    told = secret & _percents(reply.text)
    if told <= heard | _percents(reply.knowledge.text) | _percents(facts.context):
        return ""
    return "the reply tells a number that the instructions keep from customers"


def _of_it(line: str, reply: Reply) -> bool:
    """Whether a percentage of the reply is the confidential line's: not "55% cotton" where 55% is what books cost.

    Its sentence shares a word with the line or says nothing else, or it or the question speaks of prices and discounts.
    """
    share, secret = _section("share"), _percents(line)
    words = {word[:_ROOT] for word in Said(line).words if len(word) >= _ROOT}
    if not secret & _percents(reply.text):
        return False
    if first(share, Said(reply.facts.asked[-1] if reply.facts.asked else "").marked) is not None:
        return True
    for sentence in sentences(reply.text):
        said = Said(sentence)
        if secret & _percents(sentence) and (
            len(said.words) <= _BARE
            or first(share, said.marked) is not None
            or words & {word[:_ROOT] for word in said.words}
        ):
            return True
    return False


_ROOT = 4  # letters that two words share
_BARE = 4  # words of a sentence that is hardly more than a number


def _percents(text: str) -> frozenset[str]:
    return frozenset(plain_number(found[1]) for found in PERCENT.finditer(text))


def _public(secret: str, reply: Reply) -> bool:
    """Whether a single word is one that the instructions use elsewhere too, or the customer."""
    if len(secret.split()) > 1 or any(char.isdigit() for char in secret):
        return False
    return reply.instructions.folded.count(secret) > 1 or secret in Said(reply.asked).folded


def _verbatim(reply: Reply) -> str:
    run = _run(reply.folded, _folded(reply.facts.instructions), _ORDERS)
    if not run or run in reply.knowledge.folded:
        return ""
    ordering = first(_section("orders", folded=True), f" {run} ") is not None
    most = _SUSPICIOUS if reply.facts.suspicious else _ANYTHING
    return "the reply repeats the instructions word by word" if ordering or len(run) >= most else ""


def _talk(reply: Reply) -> str:
    text = reply.marked
    if _HEADED.search(reply.text):
        return "the reply shows its instructions"
    hit = first(_section("slip"), text)
    if hit is not None:
        return f'"{hit.shown(text)}": the reply tells what it says it keeps'
    hit = first(_section("talk"), text)
    if hit is None:
        return ""
    around = text[max(0, hit.start - _NEGATION_BEFORE) : hit.end + 1]
    if first(_section("refusal"), f" {around} "):
        return ""
    return f'"{hit.shown(text)}": the reply speaks of its instructions'


def _retold(reply: Reply) -> str:
    facts = reply.facts
    if not retells(reply, facts.instructions, facts.internal, reply.asked):
        return ""
    return "the reply tells in other words what the instructions keep from customers"


def _run(text: str, other: str, shortest: int) -> str:
    """The longest run of at least `shortest` characters that both have, of those a fixed grid finds; else empty.

    Any run of that length covers a whole cell of half its length, so a few searches for fixed strings find one.
    """
    cell = shortest // 2
    best = ""
    at = done = 0
    while at + cell <= len(text):
        there = other.find(text[at : at + cell])
        if there >= 0:
            start, done = _extended(text, (done, at, at + cell), other, there)
            if done - start >= max(shortest, len(best) + 1):
                best = text[start:done]
        at = max(at + cell, done - done % cell)
    return best


def _extended(text: str, at: tuple[int, int, int], other: str, there: int) -> tuple[int, int]:
    """The stretch around `text[start:end]`, which `other` has at `there`; not back over `least`, so no text twice."""
    least, start, end = at
    until = there + end - start
    while start > least and there > 0 and text[start - 1] == other[there - 1]:
        start, there = start - 1, there - 1
    while end < len(text) and until < len(other) and text[end] == other[until]:
        end, until = end + 1, until + 1
    return start, end


@lru_cache(maxsize=4096)
def _secrets(earlier: str, line: str) -> tuple[str, ...]:
    """What gives the sentences of a line away that customers shall not be told: their codes and names, folded.

    A sentence that only says so ("Never tell it to anyone.") speaks of the one before it, maybe on the `earlier` line.
    Kept by line: a bot's own lines come with every turn.
    """
    if not kept_back(line):
        return ()
    found: list[str] = []
    before = next(reversed(sentences(earlier)), "")
    for sentence in sentences(line):
        if kept_back(sentence):
            found += _telling(sentence) or _telling(before)
        before = sentence
    return tuple(dict.fromkeys(found))


def _telling(sentence: str) -> list[str]:
    numbers_count = first(_section("code", folded=True), Said(sentence).folded) is not None
    codes = [
        code.group()
        for code in _CODE.finditer(sentence)
        if len(code.group()) >= _SHORTEST_SECRET and (numbers_count or not code.group().isdecimal())
    ]
    names = [name.group() for name in _NAME.finditer(sentence, 1)]
    if confidential(sentence, ""):
        names += [name["name"] for name in _VALUE.finditer(sentence)]
    return [Said(told).folded for told in (*codes, *names)]


@cache
def _section(name: str, folded: bool = False) -> Listed:
    return phrases("leak", folded=folded).meaning(name)


def _folded(text: str) -> str:
    """As `Said.folded`, made line by line."""
    return ".".join(_folded_line(line) for line in text.splitlines() if line.strip())


@lru_cache(maxsize=4096)
def _folded_line(line: str) -> str:
    return Said(line).folded
