"""The knowledge base: texts go in as chunks, a customer's question finds those that speak of it."""

from rejoinder.knowledge.importing.store import delete, documents
from rejoinder.knowledge.ingest import ingest
from rejoinder.knowledge.model import Citation, Document, Found
from rejoinder.knowledge.search import search
from rejoinder.knowledge.searching.cite import cited, known

__all__ = [
    "Citation",
    "Document",
    "Found",
    "cited",
    "delete",
    "documents",
    "ingest",
    "known",
    "search",
]
