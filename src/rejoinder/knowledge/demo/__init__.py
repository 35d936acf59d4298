"""The demo shop's knowledge: a home-coffee shop that does not exist, in the five languages."""

from __future__ import annotations

from importlib.resources import files

from rejoinder.db import Tx
from rejoinder.knowledge.ingest import ingest
from rejoinder.knowledge.model import Document


async def load(tx: Tx) -> list[Document]:
    """Ingest the demo shop's documents; loading again replaces them."""
    return [
        await ingest(tx, title=body.splitlines()[0].lstrip("# "), body=body, source=f"demo/{name}")
        for name, body in pages()
    ]


def pages() -> list[tuple[str, str]]:
    """(file name, Markdown) of each document, by name."""
    folder = files("rejoinder.knowledge.demo")
    found = [page for page in folder.iterdir() if page.name.endswith(".md")]
    return sorted((page.name, page.read_text(encoding="utf-8")) for page in found)
