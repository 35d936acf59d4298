"""The elements of a page as Markdown, block by block."""

from __future__ import annotations

import re

from lxml import etree

from rejoinder.knowledge.importing.formats.markup import heading, inert, table

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins",
        "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr",
    }
)  # fmt: skip
_LISTS = frozenset({"ul", "ol", "menu"})
_PARTS = frozenset({*_HEADINGS, "table", "details", "section", "article"})
# Deeper than any page that people wrote; what lies below is taken as words.
_DEEPEST = 100
_MOST_CELLS = 200_000


def write(element: etree._Element) -> str:
    """The element's content as Markdown; empty where it has no words."""
    page = _Page()
    page.children(element, 0)
    page.flush()
    return "\n\n".join(page.blocks)


class _Page:
    """Blocks that are done, and the words of the one that is being read."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._words: list[str] = []
        self._level = 1

    def flush(self, mark: str = "") -> None:
        """End the block."""
        lines = (" ".join(line.split()) for line in "".join(self._words).split("\0"))
        text = "\n".join(line for line in lines if line)
        self._words.clear()
        if text:
            self.blocks.append(mark + inert(text))

    def children(self, element: etree._Element, depth: int) -> None:
        """Read all that is in it, in order."""
        self._say(element.text)
        for child in element:
            if depth > _DEEPEST:
                self._say(_words(child))
            elif isinstance(child.tag, str):
                self._read(child, depth + 1)
            self._say(child.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(text.replace("\0", " "))

    def _read(self, element: etree._Element, depth: int) -> None:
        tag = element.tag
        if tag == "br":
            self._words.append("\0")
        elif tag in _INLINE:
            self.children(element, depth)
        elif tag in _HEADINGS:
            self._title(_HEADINGS[tag], _words(element))
        elif tag == "summary":
            self._title(min(self._level + 1, 6), _words(element), keep=True)
        elif tag == "button":
            if (words := _words(element)).endswith(("?", "？")):  # of an accordion
                self._title(min(self._level + 1, 6), words, keep=True)
        elif tag in _LISTS:
            self._list(element, depth)
        elif tag == "dl":
            self._terms(element)
        elif tag == "pre":
            self._code(element)
        elif tag == "table" and _is_data(element):
            self._block(_table(element))
        else:
            self.flush()
            self.children(element, depth)
            self.flush()

    def _title(self, level: int, text: str, *, keep: bool = False) -> None:
        if text:
            self._block(heading(level, text))
        if not keep:
            self._level = level

    def _block(self, text: str) -> None:
        self.flush()
        if text:
            self.blocks.append(text)

    def _list(self, element: etree._Element, depth: int) -> None:
        self.flush()
        if next(element.iter(*_PARTS), None) is not None:  # cards of a layout, no list
            for child in element:
                self.children(child, depth + 1)
                self.flush()
            return
        self._block("\n".join(_items(element, 0)))

    def _terms(self, element: etree._Element) -> None:
        lines: list[str] = []
        for each in element.iter("dt", "dd"):
            words = _words(each)
            if each.tag == "dt" or not lines:
                lines.append(f"- {words}")
            elif words:
                joint = " " if lines[-1].endswith((":", "?", "？")) else ": "
                lines[-1] += f"{joint}{words}" if lines[-1] != "- " else words
        self._block("\n".join(line for line in lines if line != "- "))

    def _code(self, element: etree._Element) -> None:
        text = "".join(element.itertext()).strip("\n")
        if text.strip():
            self._block(f"```\n{inert(text)}\n```")


def _items(element: etree._Element, depth: int) -> list[str]:
    """A list's items, those of lists inside them under them, two spaces further right."""
    lines: list[str] = []
    for item in element:
        if not isinstance(item.tag, str):
            continue
        inner = [each for each in item.iter(*_LISTS) if each is not item]
        outer = [each for each in inner if next(each.iterancestors(*_LISTS), None) is element]
        own = _words(item, without=frozenset(outer))
        if own:
            lines.append(f"{'  ' * min(depth, 5)}- {own}")
        for each in [item] if item.tag in _LISTS else outer:
            if depth < _DEEPEST:
                lines += _items(each, depth + 1)
    return lines


def _is_data(element: etree._Element) -> bool:
    """A table of figures, not one that lays a page out."""
    if next((each for each in element.iter("table") if each is not element), None) is not None:
        return False
    if next(element.iter(*_HEADINGS, "ul", "form"), None) is not None:
        return False
    rows = list(element.iter("tr"))
    return next(element.iter("th"), None) is not None or (
        len(rows) > 1 and any(len(row) > 1 for row in rows)
    )


def _table(element: etree._Element) -> str:
    rows = [list(row.iterchildren("td", "th")) for row in element.iter("tr")]
    rows = [row for row in rows if row]
    if not rows or sum(map(len, rows)) > _MOST_CELLS:
        return _words(element)
    first = rows[0]
    headed = all(cell.tag == "th" for cell in first) or (
        len(first) > 1 and not any(cell.tag == "th" for row in rows for cell in row)
    )
    caption = _words(next(element.iter("caption"), None))
    text = table([[_words(cell) for cell in _spread(row)] for row in rows], headed=headed)
    return f"{inert(caption)}\n\n{text}" if caption else text


def _spread(row: list[etree._Element]) -> list[etree._Element | None]:
    """A cell over several columns stands in the first, and leaves the others empty."""
    cells: list[etree._Element | None] = []
    for cell in row:
        span = cell.get("colspan", "1")
        wide = int(span) if re.fullmatch("[1-9][0-9]?", span) else 1
        cells += [cell, *[None] * (wide - 1)]
    return cells


def _words(element: etree._Element | None, without: frozenset[etree._Element] = frozenset()) -> str:
    """All words in it on one line, but for those of some elements inside."""
    if element is None:
        return ""
    if not without:
        return " ".join(" ".join(_pieces(element)).split())
    found: list[str] = [element.text or ""]
    for child in element:
        if child not in without:
            found.append(_words(child, without))
        found.append(child.tail or "")
    return " ".join(" ".join(found).split())


def _pieces(element: etree._Element) -> list[str]:
    """Its texts; an inline element inside a word does not part it."""
    found = [""]
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(each.tag, str):
            continue
        block = each.tag not in _INLINE
        if block and each is not element:
            found.append("")
        found[-1] += (each.text if event == "start" else "" if each is element else each.tail) or ""
    return found
