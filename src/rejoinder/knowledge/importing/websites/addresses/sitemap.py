"""Sitemaps: the pages a site lists, and the sitemaps that an index lists (sitemaps.org, "Sitemaps XML format")."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

MOST_BYTES = 50 * 1024 * 1024
"""Unpacked; the protocol's own limit."""

MOST_ADDRESSES = 50_000


class NotASitemap(Exception):  # noqa: N818 - an answer, not a fault
    """It can't be read as one."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: pages, or further sitemaps."""

    pages: Sequence[str] = ()
    sitemaps: Sequence[str] = ()


def read(data: bytes) -> Sitemap:
    """A sitemap or an index as XML, a list of addresses as text; packed by gzip or not. Raises NotASitemap."""
    data = unpacked(data, MOST_BYTES)
    if not data.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        return Sitemap(_lines(data))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as wrong:
        raise NotASitemap(f"it is no XML ({type(wrong).__name__})") from None
    kind = etree.QName(root).localname if root is not None else ""
    if kind not in ("urlset", "sitemapindex"):
        raise NotASitemap(f"it is XML of another kind ({kind[:40] or 'none'})")
    found = [
        (each.text or "").strip()
        for each in root.iterfind("./{*}*/{*}loc")
        if (each.text or "").strip()
    ][:MOST_ADDRESSES]
    return Sitemap(found) if kind == "urlset" else Sitemap(sitemaps=found)


def unpacked(data: bytes, most: int) -> bytes:
    """What gzip has packed, as it was; other bytes as they are. Raises NotASitemap above `most` bytes."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unzip = zlib.decompressobj(wbits=31)
    try:
        found = unzip.decompress(data, most)
    except zlib.error as wrong:
        raise NotASitemap(f"it can't be unpacked ({wrong})") from None
    if unzip.unconsumed_tail:
        raise NotASitemap(f"unpacked it is over {most // 2**20} MiB")
    return found


def _lines(data: bytes) -> Sequence[str]:
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    found = [line for line in lines if line.startswith(("http://", "https://"))]
    if not found:
        raise NotASitemap("it lists no addresses")
    return found[:MOST_ADDRESSES]
