"""What a page says of other pages, and of itself to those who read it by program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from yarl import URL

from rejoinder.knowledge.importing.websites.addresses.urls import canonical, is_file, same_site

MOST_LINKS = 1_000
"""Of one page."""


@dataclass(frozen=True, slots=True)
class Said:
    """The pages of its site that a page links to, the address it calls its own, whether it may be kept."""

    links: Sequence[URL]
    own: URL
    keep: bool


def said(tree: etree._Element, at: URL) -> Said:
    """What the page at this address says."""
    robots = " ".join(
        (each.get("content") or "").lower()
        for each in tree.iter("meta")
        if (each.get("name") or "").lower() in ("robots", "rejoinder")
    )
    base = next((canonical(each.get("href") or "", at) for each in tree.iter("base")), None) or at
    follow = "nofollow" not in robots and "none" not in robots.split()
    return Said(
        _links(tree, base, at) if follow else (),
        _own(tree, base, at),
        "noindex" not in robots and "none" not in robots.replace(",", " ").split(),
    )


def _links(tree: etree._Element, base: URL, at: URL) -> Sequence[URL]:
    found: dict[URL, None] = {}
    for each in tree.iter("a", "area"):
        if len(found) >= MOST_LINKS:
            break
        if "nofollow" in (each.get("rel") or "").lower().split():
            continue
        url = canonical(each.get("href") or "", base) if each.get("href") else None
        if url is not None and same_site(url, at) and not is_file(url):
            found[url] = None
    return tuple(found)


def _own(tree: etree._Element, base: URL, at: URL) -> URL:
    """The address that the page names as canonical, if that is of its site."""
    for each in tree.iter("link"):
        if "canonical" in (each.get("rel") or "").lower().split():
            url = canonical(each.get("href") or "", base)
            if url is not None and same_site(url, at):
                return url
    return at
