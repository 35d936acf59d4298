"""A chat written as `<USER>…</USER><br><BOT>…</BOT><br>`: read, and each line given a name.

Source: the Chat backend's description, `POST /api/v1/chat/message`, field `history`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rejoinder.errors import Invalid

Speaker: TypeAlias = Literal["USER", "BOT"]

_BETWEEN = re.compile(r"(?:\s|<br\s*/?>)*", re.IGNORECASE)
_OPENING = re.compile(r"<(USER|BOT)>")
_TAG = re.compile(r"</?(?:USER|BOT)>")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the history, its text as it was sent."""

    speaker: Speaker
    text: str


def parse(history: str) -> tuple[Line, ...]:
    """The lines, in order. A text may hold anything but the four tags themselves.

    Raises Invalid, naming the character where it is broken and how to mend that.
    """
    return tuple(_lines(history))


def write(lines: Sequence[Line]) -> str:
    """The form that `parse` reads."""
    return "".join(f"<{line.speaker}>{line.text}</{line.speaker}><br>" for line in lines)


def names(thread_key: str, lines: Sequence[Line]) -> list[str]:
    """A name for each line, told by all that was said in the thread up to and with it.

    So the same history again has the same names, and a longer one adds those of its new lines only.
    """
    digest = hashlib.sha256(_framed(thread_key))
    found = []
    for line in lines:
        digest.update(_framed(line.speaker) + _framed(line.text))
        found.append(f"chat-{digest.hexdigest()}")
    return found


def _framed(text: str) -> bytes:
    raw = text.encode()
    return b"%d:%b" % (len(raw), raw)


def _lines(history: str) -> Iterator[Line]:
    at = _skip(history, 0)
    while at < len(history):
        opening = _OPENING.match(history, at)
        if opening is None:
            raise _not_a_line(history, at)
        speaker: Speaker = "USER" if opening[1] == "USER" else "BOT"
        closing = _TAG.search(history, opening.end())
        if closing is None:
            raise _broken(
                f"the <{speaker}> at character {at} is never closed",
                f"End it with </{speaker}>.",
            )
        if closing[0] != f"</{speaker}>":
            raise _broken(
                f"{closing[0]} at character {closing.start()} stands inside the <{speaker}> of character {at}",
                f"Close each line with its own tag before the next begins: <{speaker}>…</{speaker}><br>.",
            )
        yield Line(speaker, history[opening.end() : closing.start()])
        at = _skip(history, closing.end())


def _skip(history: str, at: int) -> int:
    between = _BETWEEN.match(history, at)
    assert between is not None, "it matches nothing, too"
    return between.end()


def _not_a_line(history: str, at: int) -> Invalid:
    stray = _TAG.match(history, at)
    if stray is not None:
        return _broken(
            f"{stray[0]} at character {at} closes nothing",
            f"Open the line with {stray[0].replace('/', '')} before its text.",
        )
    end = history.find("<", at + 1)
    shown = history[at : end if end > 0 else len(history)][:_SHOWN]
    what = "is no tag known here" if history[at] == "<" else "stands outside the tags"
    return _broken(
        f"{shown!r} at character {at} {what}",
        "Put each message into <USER>…</USER> or <BOT>…</BOT>, in capitals, with <br> after it.",
    )


def _broken(what: str, mend: str) -> Invalid:
    return Invalid(f"history: {what}.", mend=mend, where="history", code="broken_history")
