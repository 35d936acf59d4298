"""What a crawl brought to light, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from yarl import URL

_TOLD = 3  # of many problems of one kind


@dataclass(frozen=True, slots=True)
class Crawled:
    """One crawl: the addresses of its documents, what could not be read for now, what there is no page at.

    `whole` says that it went to the end; `stopped` says why not.
    """

    seen: Collection[str]
    failed: Sequence[tuple[URL, str]]
    skipped: Sequence[tuple[URL, str]]
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the import ends; `forgets` says that documents of pages it did not see are deleted."""

    state: Literal["done", "failed"]
    error: str | None
    forgets: bool


def outcome(crawled: Crawled) -> Outcome:
    """What a crawl comes to. Nothing is forgotten unless every page was asked for and every server answered."""
    whole = crawled.stopped is None and not crawled.failed
    told = [crawled.stopped] if crawled.stopped else []
    if crawled.failed:
        told.append(f"{_pages(len(crawled.failed))} could not be read: {_some(crawled.failed)}")
    if not crawled.seen:
        if crawled.skipped:
            told.append(f"nothing that could be kept was found: {_some(crawled.skipped)}")
        return Outcome("failed", _said(told or ["no page was found"]), forgets=False)
    return Outcome("done", _said(told) if told else None, forgets=whole)


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"


def _some(problems: Sequence[tuple[URL, str]]) -> str:
    told = [f"{str(url)[:200]} ({why[:120]})" for url, why in problems[:_TOLD]]
    return ", ".join(told) + (", …" if len(problems) > _TOLD else "")


def _said(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:1500] + "."
