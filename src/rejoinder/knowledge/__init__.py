"""The knowledge base: texts go in as chunks, a customer's question finds those that speak of it."""

from rejoinder.knowledge.ingest import ingest
from rejoinder.knowledge.model import Document, Found
from rejoinder.knowledge.search import search
from rejoinder.knowledge.store import delete, documents

__all__ = ["Document", "Found", "delete", "documents", "ingest", "search"]
