"""What the business does not want said: words, and topics."""

from __future__ import annotations

from functools import lru_cache

from rejoinder.guard.replying.reply import Reply
from rejoinder.guard.wording.said import Said
from rejoinder.text import Term, language, likeness, sentences, terms
from rejoinder.text.likeness import INFLECTED


def banned_words(reply: Reply) -> str:
    """One of the bot's `banned_words`: Thai anywhere, others as whole words, accents or not.

    A word with accents is looked for as written where the reply has accents: Vietnamese bán is not bạn.
    """
    bare = reply.marked == reply.folded
    for word in reply.check.banned_words:
        needle = _needle(word)
        if not needle.marked.strip(" ."):
            found = word in reply.text
        elif needle.thai:
            found = needle.folded.strip() in reply.folded
        else:
            found = needle.marked in reply.marked or (
                needle.folded in reply.folded
                and (bare or (needle.plain and reply.language != "vi"))
            )
        if found:
            return f'the word "{word}" is not used here'
    return ""


def banned_topics(reply: Reply) -> str:
    """A sentence that has all the terms of one of the bot's `banned_topics`, or relatives of them."""
    if not reply.check.banned_topics:
        return ""
    lines = [(line, f" {' '.join(Said(line).words)} ") for line in sentences(reply.text)]
    for topic in reply.check.banned_topics:
        asked = _terms(topic)
        for line, written in lines:
            if asked and all(_speaks_of(term, line, written) for term in asked):
                return f'the bot does not speak of "{topic}"'
    return ""


def _speaks_of(term: Term, line: str, written: str) -> bool:
    if not term.word:
        return any(term.concept == other.concept for other in _terms(line))
    if term.marked and not term.marked.isascii() and language(line) == "vi":
        return term.marked in line.lower()
    return likeness(term.word, written) >= INFLECTED


class _Needle(Said):
    """A banned word, prepared."""

    @property
    def thai(self) -> bool:
        return any("\u0e01" <= char <= "\u0e4e" for char in self.text)

    @property
    def plain(self) -> bool:
        return self.text.isascii()


@lru_cache(maxsize=1024)
def _needle(word: str) -> _Needle:
    return _Needle(word)


@lru_cache(maxsize=1024)
def _terms(topic: str) -> tuple[Term, ...]:
    return tuple(terms(topic))
