"""How a language says that something was done, as patterns over the form `Said.marked`."""

from __future__ import annotations

import re
from dataclasses import dataclass

FEW = r"(?:[^ .]+ ){0,%d}"
"""So many words of the same sentence."""

START = r"(?:(?<=^ )|(?<=\. ))"


@dataclass(frozen=True, slots=True)
class Shapes:
    """One language's. A text that has none of `words` has none of them; `None` where words are not parted by spaces.

    `done` claims by itself; `just_now` does where `things` stand in the same sentence, as who says that it happened a
    moment ago has seen it happen; `ready` begins a sentence that claims where things and a `now` follow.
    """

    words: frozenset[str] | None
    things: str
    done: re.Pattern[str]
    just_now: re.Pattern[str]
    ready: re.Pattern[str]
    now: re.Pattern[str]


def shapes(
    *done: str, words: str | None, things: str, just_now: str, ready: str, now: str
) -> Shapes:
    """The shapes compiled; `words` parted by spaces, beside which the things count too."""
    known = None if words is None else frozenset([*words.split(), *_words(things)])
    return Shapes(
        known,
        things,
        re.compile("|".join(done)),
        re.compile(just_now),
        re.compile(rf"(?:^| \.) (?:{ready}) ?(?P<rest>(?:[^ ]+ ){{1,14}})"),
        re.compile(now),
    )


def _words(things: str) -> list[str]:
    """Singular and plural of a pattern that is nothing but words."""
    plain = things.removeprefix("(?:").removesuffix(")s?").removesuffix(")").split("|")
    return [word.split()[0] for each in plain for word in (each, f"{each}s")]
