"""Addresses, robots.txt, sitemaps, and how an import ends: the parts of a crawl that ask nobody."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from rejoinder.knowledge.importing.formats import html
from rejoinder.knowledge.importing.websites.addresses import robots, sitemap
from rejoinder.knowledge.importing.websites.addresses.links import said
from rejoinder.knowledge.importing.websites.addresses.urls import (
    Traps,
    canonical,
    is_file,
    same_site,
    wanted,
)
from rejoinder.knowledge.importing.websites.found import Crawled, outcome
from rejoinder.knowledge.importing.websites.model import Options

AT = URL("https://shop.example/help/")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("HTTPS://Shop.Example:443", "https://shop.example/"),
        ("returns#how", "https://shop.example/help/returns"),
        ("/a/../b/./c", "https://shop.example/b/c"),
        ("?b=2&a=1&utm_source=x&gclid=y", "https://shop.example/help/?a=1&b=2"),
        ("/a;jsessionid=9F?x=1", "https://shop.example/a?x=1"),
        ("//other.example/x", "https://other.example/x"),
        ("mailto:a@b.c", None),
        ("javascript:void(0)", None),
        ("https://user:secret@shop.example/", None),
        ("https://[broken", None),
        ("/" + "x" * 600, None),
    ],
)
def test_a_page_has_one_address(written: str, found: str | None) -> None:
    url = canonical(written, AT)
    assert (str(url) if url else None) == found


@given(st.text(max_size=60))
def test_an_address_that_was_made_one_stays(text: str) -> None:
    once = canonical(text, AT)
    assert once is None or canonical(str(once)) == once


def test_a_site_is_a_host_with_its_port() -> None:
    assert same_site(URL("http://www.shop.example/a"), URL("https://shop.example"))
    assert not same_site(URL("https://shop.example"), URL("https://shop.example:8443"))
    assert not same_site(URL("https://shop.example"), URL("https://blog.shop.example"))


def test_options_let_in_and_keep_out() -> None:
    options = Options(include=("/help/*", "/faq"), exclude=("*/old/*",))
    let = [
        path
        for path in ("/help/a", "/faq", "/help/old/a", "/shop")
        if wanted(AT.with_path(path), options)
    ]
    assert let == ["/help/a", "/faq"]
    assert wanted(AT, Options())


def test_files_are_no_pages() -> None:
    assert [is_file(AT.with_path(path)) for path in ("/a.JPG", "/a.zip", "/a.pdf", "/a.html", "/v1.2")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_traps_are_seen() -> None:
    traps = Traps()
    assert not traps.lets(URL("https://x.example/a/b/a/b/a/b"))
    assert not traps.lets(URL("https://x.example/" + "/".join(map(str, range(20)))))
    let = [traps.lets(URL(f"https://x.example/list?page={number}")) for number in range(50)]
    assert (let.count(True), let[0], let[-1]) == (30, True, False)
    assert traps.lets(URL("https://x.example/other?page=1"))


def test_robots_say_what_and_how_fast() -> None:
    found = robots.read(
        b"\xef\xbb\xbfUser-agent: rejoinder\nDisallow: /no\nCrawl-delay: 60\nSitemap: https://x.example/s.xml"
    )
    assert not found.allow("https://x.example/no/a")
    assert found.allow("https://x.example/yes")
    assert (found.pause, found.sitemaps) == (5.0, ["https://x.example/s.xml"])
    assert robots.read(b"").allow("https://x.example/no")


@given(st.binary(max_size=300))
def test_any_robots_and_sitemaps_are_read_or_refused(data: bytes) -> None:
    assert robots.read(data).pause <= 5
    try:
        found = sitemap.read(data)
    except sitemap.NotASitemap:
        found = sitemap.Sitemap()
    assert all(isinstance(each, str) for each in found.pages)


LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><urlset><url><loc>http://x.example/&c;</loc></url></urlset>"""


def test_sitemaps_of_every_form() -> None:
    assert sitemap.read(b"https://x.example/a\nhttps://x.example/b\n").pages == [
        "https://x.example/a",
        "https://x.example/b",
    ]
    index = b"<sitemapindex><sitemap><loc> https://x.example/s.xml </loc></sitemap></sitemapindex>"
    assert sitemap.read(gzip.compress(index)).sitemaps == ["https://x.example/s.xml"]
    assert all("haha" not in each for each in sitemap.read(LAUGHS).pages)
    for wrong in (b"<html></html>", b"", b"words", b"\x1f\x8brubbish"):
        with pytest.raises(sitemap.NotASitemap):
            sitemap.read(wrong)
    with pytest.raises(sitemap.NotASitemap, match="over"):
        sitemap.unpacked(gzip.compress(bytes(10_000_000)), 1_000_000)


def test_a_page_says_where_it_leads_and_what_may_be_done_with_it() -> None:
    page = (
        b'<base href="/base/"><link rel="canonical" href="/help/?a=1"><meta name="robots" content="NOINDEX, follow">'
        b'<a href="x">1</a><a href="x#2">2</a><a href="/y" rel="nofollow">3</a><a href="//other.example/z">4</a>'
        b'<a href="/photo.jpg">5</a><a>6</a><map><area href="/map"></map>'
    )
    found = said(html.parse(page), AT)
    assert list(map(str, found.links)) == [
        "https://shop.example/base/x",
        "https://shop.example/map",
    ]
    assert (str(found.own), found.keep) == ("https://shop.example/help/?a=1", False)
    barred = said(html.parse(b'<meta name="robots" content="none"><a href="/a">1</a>'), AT)
    assert (list(barred.links), barred.keep) == ([], False)


def test_pages_are_forgotten_after_a_whole_crawl_alone() -> None:
    seen, problem = {str(AT)}, [(AT, "the server answered 500")]
    assert outcome(Crawled(seen, [], problem)).forgets
    assert not outcome(Crawled(seen, problem, [])).forgets
    assert not outcome(Crawled(seen, [], [], "it was too long")).forgets
    nothing = outcome(Crawled(set(), [], problem))
    assert (nothing.state, nothing.forgets) == ("failed", False)
    assert "https://shop.example/help/ (the server answered 500)" in (nothing.error or "")
