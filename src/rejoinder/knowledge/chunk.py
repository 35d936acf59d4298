"""A Markdown or plain text as chunks: small enough to quote, whole enough to be understood alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rejoinder.knowledge.model import Chunk
from rejoinder.text import boundary, sentences

# About 800 characters answer one question and leave room for five passages in a prompt.
TARGET = 800
# A table or list a little over the target stays whole; nothing gets longer than this.
LIMIT = 1200

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_LONGEST_HEADING = 500  # what is longer is a paragraph: each chunk under a heading repeats it
_FENCE = re.compile(r" {0,3}(```|~~~)")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
SEPARATOR = " › "


def chunk(text: str) -> list[Chunk]:
    """The chunks in order: one heading path each, at most LIMIT characters of body, about TARGET.

    Nothing but white space and `#` marks is lost. Cuts fall between paragraphs, then between list items
    and table rows, then sentences, then words; inside a word only when it alone is over the limit.
    """
    chunks: list[Chunk] = []
    for heading, lines in _sections(text):
        bodies = list(_pack(_blocks(lines)))
        chunks += [Chunk(heading, body) for body in bodies]
        if heading and not bodies:
            chunks.append(Chunk(heading, ""))
    return _without_bare_parents(chunks)


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """(heading path, lines) of each section, in order."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        if opened := _FENCE.match(line):
            fence = "" if fence == opened[1] else fence or opened[1]
        heading = None if fence else _HEADING.match(line)
        name = heading[2].rstrip(" \t").rstrip("#").rstrip(" \t") if heading else ""
        if heading is None or len(name) > _LONGEST_HEADING:
            lines.append(line)
            continue
        yield _join(path), lines
        depth = len(heading[1])
        path = [(level, name) for level, name in path if level < depth]
        path.append((depth, name))
        lines = []
    yield _join(path), lines


def _join(path: list[tuple[int, str]]) -> str:
    return SEPARATOR.join(name for _, name in path if name)


def _without_bare_parents(chunks: list[Chunk]) -> list[Chunk]:
    """A heading with nothing under it but sub-headings stands in their paths already."""
    return [
        here
        for here, after in zip(chunks, [*chunks[1:], Chunk("", "")], strict=False)
        if here.body or not after.heading.startswith(here.heading + SEPARATOR)
    ]


def _blocks(lines: list[str]) -> Iterator[str]:
    """The paragraphs, lists, tables and fenced blocks, each as one text."""
    fence = ""
    block: list[str] = []
    for line in lines:
        if opened := _FENCE.match(line):
            fence = "" if fence == opened[1] else fence or opened[1]
        if line.strip() or fence:
            block.append(line.rstrip())
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def _pack(blocks: Iterator[str]) -> Iterator[str]:
    """Neighbouring blocks together, up to TARGET; a block over LIMIT in pieces."""
    packed = ""
    for block in blocks:
        for piece in [block] if len(block) <= LIMIT else _split(block):
            together = f"{packed}\n\n{piece}" if packed else piece
            if packed and len(together) > TARGET:
                yield packed.strip()
                packed = piece
            else:
                packed = together
    if packed.strip():
        yield packed.strip()


def _split(block: str) -> Iterator[str]:
    """A block over LIMIT as pieces: whole items, rows or lines; sentences of a line; words; characters."""
    packed = ""
    for unit in _units(block):
        for piece, joint in _pieces(unit):
            together = f"{packed}{joint}{piece}" if packed else piece
            if packed and len(together) > TARGET:
                yield packed
                packed = piece
            else:
                packed = together
    if packed.strip():
        yield packed


def _units(block: str) -> Iterator[str]:
    """A list item with its continuation lines, else a line."""
    lines = block.split("\n")
    starts = [index for index, line in enumerate(lines) if index == 0 or _ITEM.match(line)]
    is_list = bool(_ITEM.match(lines[0]))
    if not is_list:
        yield from lines
        return
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield "\n".join(lines[start:end])


def _pieces(unit: str) -> Iterator[tuple[str, str]]:
    """(piece of at most TARGET, what joins it to the piece before)."""
    joint = "\n"
    if len(unit) <= TARGET:
        yield unit, joint
        return
    for sentence in sentences(unit):
        rest = sentence
        while len(rest) > TARGET:
            at = rest.rfind(" ", 1, TARGET)
            at = at if at > 0 else boundary(rest, TARGET)
            yield rest[:at].rstrip(), joint
            rest, joint = rest[at:].lstrip(), " "
        if rest:
            yield rest, joint
        joint = " "
