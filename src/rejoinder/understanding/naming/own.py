"""The kinds of things a bot's owner named: one of some values, or what fits a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from rejoinder.bots.policies import OwnEntity
from rejoinder.understanding.naming.found import OWN, Found
from rejoinder.understanding.naming.numbers import either
from rejoinder.understanding.naming.plain import Plain, plain

_MEMORY = 1 << 20  # bytes of a compiled pattern and its automaton
_MOST_FINDS = 50  # of one kind in one text
_HALVES = re.compile("[\ud800-\udfff]")  # of surrogate pairs, which RE2 reads no text with


def finds(text: Plain, own: Sequence[OwnEntity]) -> Iterator[Found]:
    """Values by any of their words (normal: the value), and what a pattern fits (normal: None)."""
    for kind in own:
        if kind.values:
            table, pattern = _compiled_values(_values_key(kind))
            for hit in pattern.finditer(text.text):
                yield Found(*hit.span(), kind.type, table[" ".join(hit.group().split())], rank=OWN)
        if kind.pattern:
            yield from _by_pattern(text, kind.type, kind.pattern)


def canonical(said: str, kind: OwnEntity) -> str | None:
    """The value it stands for, or itself where it fits the pattern; None for neither. A kind with no rule takes all."""
    said = said.strip()
    if kind.values:
        table, _ = _compiled_values(_values_key(kind))
        if (value := table.get(" ".join(plain(said).text.split()))) is not None:
            return value
    if kind.pattern:
        known = _usable(kind.pattern)
        fits = known is not None and known.fullmatch(_HALVES.sub("\ufffd", said))
        return said if fits else None
    return None if kind.values or not said else said


def checked(own: Sequence[OwnEntity]) -> list[str]:
    """What is wrong with the kinds, one sentence each; a bot with such is not saved."""
    problems: list[str] = []
    seen: set[str] = set()
    for kind in own:
        if kind.type in seen:
            problems.append(f"The entity type {kind.type!r} is given twice.")
        seen.add(kind.type)
        problems += _clashes(kind)
        if kind.pattern is not None and (wrong := _wrong(kind.pattern)):
            problems.append(f"The pattern of {kind.type!r} {wrong}")
    return problems


def _clashes(kind: OwnEntity) -> Iterator[str]:
    owner: dict[str, str] = {}
    for value, others in kind.values.items():
        for word in (value, *others):
            key = " ".join(plain(word).text.split())
            if not key:
                yield f"A word of {value!r} in {kind.type!r} is empty."
            elif owner.setdefault(key, value) != value:
                yield f"{word!r} in {kind.type!r} stands for both {owner[key]!r} and {value!r}."


def _wrong(pattern: str) -> str | None:
    import re2

    try:
        known = compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else error
        told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"is no regular expression of RE2's kind: {told}."
    return "fits an empty text, so it would be found everywhere." if known.match("") else None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The pattern, case aside, by RE2: its time grows with the text's length only. Raises `re2.error`."""
    import re2  # 9 ms, and only bots with such a pattern need it

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)


def _usable(pattern: str) -> Any | None:
    """None for what `checked` would have refused: a stored pattern must not stop a turn."""
    import re2

    try:
        return compiled(pattern)
    except re2.error:
        return None


def _by_pattern(text: Plain, kind: str, pattern: str) -> Iterator[Found]:
    written = _HALVES.sub("\ufffd", text.written)
    places = {place: at for at, place in enumerate(text.at)} if text.at is not None else None
    known = _usable(pattern)
    if known is None:
        return
    for count, hit in enumerate(known.finditer(written)):
        if count == _MOST_FINDS:
            return
        start, end = hit.span()
        if start == end or _cuts_word(written, start, end):
            continue
        if places is None:
            yield Found(start, end, kind, rank=OWN)
        elif start in places and end in places:
            yield Found(places[start], places[end], kind, rank=OWN)


def _cuts_word(text: str, start: int, end: int) -> bool:
    """Whether Latin letters or digits go on before or after it; Thai does not part its words."""
    return _goes_on(text[start - 1 : start], text[start]) or _goes_on(
        text[end - 1], text[end : end + 1]
    )


def _goes_on(before: str, after: str) -> bool:
    return bool(before and after) and all(
        char.isalnum() and char < "\u0530" for char in (before, after)
    )


_Key = tuple[tuple[str, tuple[str, ...]], ...]


def _values_key(kind: OwnEntity) -> _Key:
    return tuple(kind.values.items())


@lru_cache(maxsize=256)
def _compiled_values(values: _Key) -> tuple[dict[str, str], re.Pattern[str]]:
    table: dict[str, str] = {}
    for value, others in values:
        for word in (value, *others):
            table.setdefault(" ".join(plain(word).text.split()), value)
    table.pop("", None)
    edged = [_edged(word) for word in sorted(table, key=len, reverse=True)]
    return table, re.compile("|".join(edged) or r"(?!)")


def _edged(word: str) -> str:
    """Bounded where it begins or ends with a letter or digit of a script that parts its words."""
    before = "(?<![a-z0-9])" if word[0].isalnum() and word[0] < "\u0530" else ""
    after = "(?![a-z0-9])" if word[-1].isalnum() and word[-1] < "\u0530" else ""
    return f"{before}{either([word])}{after}"
