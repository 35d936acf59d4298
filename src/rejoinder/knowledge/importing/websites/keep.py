"""A page that was fetched becomes a document, if it has something to say that no other page of its site says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

from pydantic import JsonValue
from yarl import URL

from rejoinder.db import Database
from rejoinder.errors import Invalid
from rejoinder.knowledge.importing.formats import html
from rejoinder.knowledge.importing.formats.apart import Reading
from rejoinder.knowledge.importing.formats.model import Read, cleaned
from rejoinder.knowledge.importing.model import Material
from rejoinder.knowledge.importing.websites import store
from rejoinder.knowledge.importing.websites.addresses.links import Said, said
from rejoinder.knowledge.importing.websites.addresses.urls import wanted
from rejoinder.knowledge.importing.websites.model import Claimed, Known
from rejoinder.knowledge.importing.websites.page import Page, Skipped
from rejoinder.knowledge.ingest import prepare, put

LEASE = timedelta(minutes=2)
"""A worker that has not renewed its claim for so long is dead; it renews four times as often."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})


class Lost(Exception):  # noqa: N818 - an answer, not a fault
    """The source is another worker's by now, or was deleted."""


class Keeper:
    """Stores the pages of one crawl. `known` are those of the last."""

    def __init__(
        self, db: Database, reading: Reading, claimed: Claimed, known: Mapping[str, Known]
    ) -> None:
        self._db = db
        self._reading = reading
        self._claimed = claimed
        self._known = known
        self._kept: dict[bytes, str] = {}

    def same(self, source: str) -> str | None:
        """A page of the last import that did not change: its document, None where another page says the same."""
        digest = self._known[source].digest
        return source if digest and self._kept.setdefault(digest, source) == source else None

    async def keep(self, page: Page, data: bytes) -> tuple[str | None, Iterable[URL]]:
        """Store a page with its bytes: the address of its document, None where it gives none; the pages it links to.

        Raises Skipped, Lost or Unavailable.
        """
        told: Said | None = None
        read: Read | None
        try:
            if page.mime_type in _HTML:
                told, read = await asyncio.to_thread(_parsed, page, data)
            else:
                read = await self._reading.read(data, page.content_type, page.url.name)
        except Invalid as wrong:
            raise Skipped(wrong.detail) from None
        links = told.links if told else ()
        if read is None or not wanted(page.url, self._claimed.options):
            return None, links
        return await self._store(read, _source(page.url, told), page, links), links

    async def _store(self, read: Read, source: str, page: Page, links: Iterable[URL]) -> str | None:
        material = Material(
            read.title,
            read.markdown,
            source,
            self._claimed.base_id,
            self._claimed.source_id,
            read.format,
            fetched=_fetched(page, links),
        )
        if self._kept.setdefault(material.digest, source) != source:
            return None  # the same page under another address
        try:
            prepared = await asyncio.to_thread(prepare, self._claimed.workspace_id, material)
        except Invalid as wrong:
            raise Skipped(wrong.detail) from None
        async with self._db.transaction(self._claimed.workspace_id) as tx:
            if not await store.hold(tx, self._claimed, LEASE):
                raise Lost
            await put(tx, prepared)
        return source


def _parsed(page: Page, data: bytes) -> tuple[Said, Read | None]:
    """What a page says of others, and its content if it has any that may be kept. Raises Invalid for no page."""
    tree = html.parse(data, _charset(page))
    told = said(tree, page.url)
    try:
        return told, cleaned(html.read_tree(tree), page.url.name) if told.keep else None
    except Invalid:
        return told, None


def _charset(page: Page) -> str | None:
    _, named, value = page.content_type.lower().partition("charset=")
    return value.strip("\"' ;") if named else None


def _source(url: URL, told: Said | None) -> str:
    """Its address; the one it calls its own where they differ in parameters alone: many sites name their first page."""
    return str(told.own if told is not None and told.own.path == url.path else url)


def _fetched(page: Page, links: Iterable[URL]) -> JsonValue:
    """What is remembered of it, where its server can tell whether it changed."""
    if not page.etag and not page.modified:
        return None
    return {"etag": page.etag, "modified": page.modified, "links": [str(link) for link in links]}
