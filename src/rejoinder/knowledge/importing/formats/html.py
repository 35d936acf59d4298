"""Web pages: the main content as Markdown, without what stands around it on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from rejoinder.knowledge.importing.formats.html_blocks import write
from rejoinder.knowledge.importing.formats.model import Read, no_text
from rejoinder.knowledge.importing.formats.text import decode

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_NEVER = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "video", "audio", "map",
    "input", "select", "textarea", "dialog", "nav", "footer", "aside",
)  # fmt: skip
_ROLES = frozenset(
    {
        "navigation",
        "banner",
        "contentinfo",
        "search",
        "dialog",
        "alertdialog",
        "complementary",
        "menubar",
    }
)
# Class names of what surrounds the content. Nothing is left out for being hidden: answers of a FAQ are, until opened.
_AROUND = frozenset(
    {
        "navbar", "breadcrumb", "breadcrumbs", "sidebar", "footer", "site-footer", "site-header", "pagination", "share",
        "social", "social-links", "share-buttons", "skip-link", "skip-to-content", "screen-reader-text", "advert",
        "ads", "newsletter", "related-posts", "comments",
    }
)  # fmt: skip
_BANNER = re.compile(r"cookie|consent|gdpr|onetrust|cky-", re.IGNORECASE)
_LONGEST_BANNER = 3_000  # a page about cookies is longer, and is named so by its body
_WHOLE = frozenset({"html", "body", "main", "article"})
_LEAST = 80  # characters of a main part that is worth more than the whole page


def read(data: bytes, told: str | None) -> Read:
    """A page; `told` is the encoding that its server named. Raises Invalid."""
    return read_tree(parse(data, told))


def parse(data: bytes, told: str | None = None) -> etree._Element:
    """The page as lxml's tree, mended as browsers would. Raises Invalid when there is nothing in it."""
    named = _CHARSET.search(data[:4096])
    text = _XML.sub(
        "", decode(data, told or (named[1].decode("ascii", "replace") if named else None))
    )
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        raise no_text() from None
    if tree is None:
        raise no_text()
    return tree


def read_tree(tree: etree._Element) -> Read:
    """A parsed page, of which the surroundings are cut off here. Raises Invalid."""
    titles = [_words(tree.find(".//title")), *_meta(tree, "og:title")]
    language = (tree.get("lang") or "").partition("-")[0].strip().lower()
    etree.strip_elements(tree, *_NEVER, with_tail=False)
    _cut(tree)
    heads = [words for each in tree.iter("h1") if (words := _words(each))]
    body = tree.find("body")
    whole = body if body is not None else tree
    markdown = write(_main(whole)) or write(whole)
    title = next((head for head in heads if any(head in each for each in titles)), "")
    title = title or next(filter(None, titles), "") or next(iter(heads), "")
    return Read(title, markdown, "html", language if re.fullmatch("[a-z]{2,3}", language) else None)


def _main(whole: etree._Element) -> etree._Element:
    """The part that says it is the main one, if it has something to say."""
    articles = list(whole.iter("article"))
    named = [
        *whole.iter("main"),
        *whole.iterfind(".//*[@role='main']"),
        *(articles if len(articles) == 1 else []),
    ]
    return next((each for each in named if len(_words(each)) >= _LEAST), whole)


def _cut(tree: etree._Element) -> None:
    for element in [each for each in tree.iter("*") if _is_around(each)]:
        parent = element.getparent()
        if parent is None:
            continue
        if element.tail:
            before = element.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + element.tail
            else:
                parent.text = (parent.text or "") + element.tail
        parent.remove(element)


def _is_around(element: etree._Element) -> bool:
    if element.tag in _WHOLE:
        return False
    if element.get("role", "").strip().lower() in _ROLES:
        return True
    if element.tag == "header":
        return (
            not _inside(element, ("main", "article", "section"))
            and next(element.iter("h1"), None) is None
        )
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if not names.strip():
        return False
    if not _AROUND.isdisjoint(names.lower().split()):
        return True
    return bool(_BANNER.search(names)) and len(_words(element)) < _LONGEST_BANNER


def _inside(element: etree._Element, tags: tuple[str, ...]) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def _meta(tree: etree._Element, name: str) -> Iterator[str]:
    for each in tree.iter("meta"):
        if name in (each.get("property"), each.get("name")):
            yield " ".join((each.get("content") or "").split())


def _words(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
