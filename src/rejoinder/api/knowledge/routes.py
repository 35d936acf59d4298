"""All routes of knowledge."""

from fastapi import APIRouter

from rejoinder.api.knowledge import bases, documents, sources
from rejoinder.db import Database
from rejoinder.knowledge.importing.formats.apart import Reading
from rejoinder.workspaces.tokens import Tokens


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Bases and which bot reads them, documents, and websites that documents come from."""
    router = APIRouter(tags=["knowledge"])
    router.include_router(bases.routes(db, tokens))
    router.include_router(documents.routes(db, tokens, Reading()))
    router.include_router(sources.routes(db, tokens))
    return router
