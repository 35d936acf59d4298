"""The tags that data stands between, and what stands between them.

`&`, `<` and `>` are written as entities inside, so no text can close its own fence or open another; that also disarms
the control tokens of chat templates (`<|im_end|>`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

from rejoinder.llm.model import Passage

_PASSAGE = re.compile(
    r'<passage number="\d+" title="([^"]*)" score="([^"]*)">\n(.*?)\n</passage>', re.DOTALL
)


def fenced(tag: str, text: str) -> str:
    """The text between the tags of that name."""
    return f"<{tag}>\n{escape(text, quote=False)}\n</{tag}>"


def between(tag: str, text: str) -> list[str]:
    """What stands between the tags of that name, in order, as it was before `fenced`."""
    return [unescape(found) for found in _between(tag).findall(text)]


def passage(number: int, found: Passage) -> str:
    """A passage with the number it is cited by; of its score three digits."""
    head = f'<passage number="{number}" title="{escape(found.title)}" score="{found.score:.3g}">'
    return f"{head}\n{escape(found.text, quote=False)}\n</passage>"


def passages(text: str) -> list[Passage]:
    """The passages of a text, in order."""
    return [
        Passage(unescape(title), unescape(inside), float(score))
        for title, score, inside in _PASSAGE.findall(text)
    ]


def attachment(kind: str) -> str:
    """Says that a file of that kind follows."""
    return f'<attachment kind="{escape(kind)}"/>'


@lru_cache(maxsize=32)
def _between(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<{tag}>\n(.*?)\n</{tag}>", re.DOTALL)
