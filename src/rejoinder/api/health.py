"""`/health/live`, `/health/ready` (also as `/health`), `/metrics`."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from rejoinder.db import Database
from rejoinder.errors import Unavailable


class Health(BaseModel):
    """`ok`, or what is missing."""

    status: str
    detail: str = ""


def routes(db: Database, working: Callable[[], bool]) -> APIRouter:
    """`working` says whether this process answers turns, or was never meant to."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live")
    async def live() -> Health:
        """The process runs."""
        return Health(status="ok")

    @router.get("/health", responses={503: {"model": Health}})
    @router.get("/health/ready", responses={503: {"model": Health}})
    async def ready(response: Response) -> Health:
        """The process can take messages in and answer them now."""
        try:
            await db.ping()
        except Unavailable as away:
            response.status_code = 503
            return Health(status="unavailable", detail=away.detail)
        if not working():
            response.status_code = 503
            return Health(status="starting", detail="The worker is not taking turns yet.")
        return Health(status="ok")

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus' text form."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
