"""Addresses of one site: the same page under one name, and traps that never end left alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from fnmatch import fnmatchcase

from yarl import URL

from rejoinder.knowledge.importing.websites.model import Options

LONGEST = 500
"""Characters; what a document's source may have."""

_DEEPEST = 16
_REPEATED = 3  # the same folder so often in one path is a link that leads into itself
_QUERIES = 30  # of one path: the pages of a list, not the sort orders of a shop's shelf
_PARAMETERS = 6
_TRACKING = re.compile(
    r"^(?:utm_.*|gclid|fbclid|msclkid|mc_[ce]id|igshid|yclid|_ga|_gl|ref|phpsessid|jsessionid|sid|sessionid|"
    r"replytocom|share|print)$",
    re.IGNORECASE,
)
_SESSION = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/?]*", re.IGNORECASE)
# What is no page by its name, and is not fetched to find that out.
_FILES = re.compile(
    r"7z|aac|apk|atom|avi[f]?|bmp|bz2|css|csv|dmg|docx?|eot|exe|flac|gif|gz|hei[cf]|ico|ics|iso|jpe?g|js|json|m4[av]|"
    r"mov|mp[34]|mpe?g|msi|og[gv]|otf|png|pptx?|psd|rar|rss|svg|tar|tgz|tiff?|ttf|txz|wav|web[mp]|wmv|woff2?|xlsx?|xml|"
    r"xz|zip"
)


def canonical(url: str, base: URL | None = None) -> URL | None:
    """The one address of a page: without fragment, tracking and sessions, parameters in order. None for no web page."""
    try:
        found = URL(_SESSION.sub("", url.strip()))
        found = base.join(found) if base is not None else found
        if found.scheme not in ("http", "https") or not found.host or found.user or found.password:
            return None
        kept = sorted(
            (name, value) for name, value in found.query.items() if not _TRACKING.match(name)
        )
        found = found if found.path != "/" else found.with_path("/")  # else it may have none
        found = found.with_fragment(None).with_query(kept or None)
        return found if len(str(found)) <= LONGEST else None
    except (ValueError, TypeError):
        return None


def same_site(one: URL, other: URL) -> bool:
    """Of one host, with `www.` or without, by http or https; with ports of their own only if both have it."""
    return _site(one) == _site(other)


def is_file(url: URL) -> bool:
    """Whether its name says that it is neither a page nor a PDF."""
    ending = url.name.rpartition(".")[2].lower() if "." in url.name else ""
    return _FILES.fullmatch(ending) is not None


def wanted(url: URL, options: Options) -> bool:
    """Whether the source's options let this page in."""
    path = url.path_qs
    if any(fnmatchcase(path, each) for each in options.exclude):
        return False
    return not options.include or any(fnmatchcase(path, each) for each in options.include)


class Traps:
    """Counts what it lets through, so that no calendar, filter or folder leads on for ever."""

    def __init__(self) -> None:
        self._queries: Counter[str] = Counter()

    def lets(self, url: URL) -> bool:
        """Whether the address may be visited; ask once for each."""
        parts: Collection[str] = [part for part in url.parts if part not in ("", "/")]
        if len(parts) > _DEEPEST or any(times >= _REPEATED for times in Counter(parts).values()):
            return False
        if not url.query_string:
            return True
        if len(url.query) > _PARAMETERS:
            return False
        self._queries[url.path] += 1
        return self._queries[url.path] <= _QUERIES


def _site(url: URL) -> tuple[str, int | None]:
    host = (url.host or "").lower().rstrip(".")
    return host.removeprefix("www."), None if url.is_default_port() else url.explicit_port
