"""What a site's robots.txt lets us read, and how fast (RFC 9309; Crawl-delay and Sitemap as is the custom)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

AGENT = "rejoinder"

_LONGEST_PAUSE_S = 5.0
_MOST_BYTES = 500 * 1024  # RFC 9309 2.5: so much is read at least


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a site. `pause` are the seconds between two requests that it asks for, 5 at most."""

    parser: RobotFileParser
    pause: float
    sitemaps: Sequence[str]

    def allow(self, url: str) -> bool:
        """Whether the page may be read."""
        return self.parser.can_fetch(AGENT, url)


def read(text: bytes) -> Robots:
    """The rules of a robots.txt; no bytes forbid nothing."""
    parser = RobotFileParser()
    parser.parse(text[:_MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").splitlines())
    asked = parser.crawl_delay(AGENT)
    return Robots(parser, min(float(asked or 0), _LONGEST_PAUSE_S), parser.site_maps() or [])
