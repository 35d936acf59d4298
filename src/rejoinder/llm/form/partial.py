"""The reply of a structured answer that is still being written."""

from __future__ import annotations

import re

from pydantic_core import from_json

from rejoinder.llm.form.understanding import storable

# What may stand before the object: thoughts, the beginning of a code fence.
_HEAD = re.compile(r"\A\s*(?:<think>.*?</think>\s*)?(?:```(?:json)?\s*)?(?=\{)", re.DOTALL)

_STEP = 64
"""Read anew when a 64th was added: a reply of 400 characters at every word, one of a megabyte not a thousand times."""


class Reply:
    """Reads the field `reply` while the text comes; of a text that is no object it tells nothing."""

    def __init__(self) -> None:
        self._text = ""
        self._next = 0
        self._told = ""

    def add(self, piece: str) -> str | None:
        """The reply so far, if this piece made it another; never half an escape, nothing where it says `silent`."""
        self._text += piece
        if len(self._text) < self._next:
            return None
        self._next = len(self._text) + len(self._text) // _STEP
        reply = _reply(self._text)
        if not reply or reply == self._told:
            return None
        self._told = reply
        return reply


def _reply(text: str) -> str:
    head = _HEAD.match(text)
    if head is None:
        return ""
    try:
        found = from_json(text[head.end() :], allow_partial="trailing-strings")
    except ValueError:  # what comes at the end tells whether it is an answer at all
        return ""
    if not isinstance(found, dict) or found.get("decision") == "silent":
        return ""
    reply = found.get("reply")
    return storable(reply).strip() if isinstance(reply, str) else ""
