"""`/health/live`, `/health/ready` (also as `/health`), `/metrics`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from rejoinder.db import Database
from rejoinder.errors import Unavailable
from rejoinder.telemetry.metrics import MODEL_BREAKER

Breaker: TypeAlias = Literal["closed", "half_open", "open"]


BREAKERS: tuple[Breaker, ...] = ("closed", "half_open", "open")
"""By what the metric says."""


class Health(BaseModel):
    """`ok`, or what is missing."""

    status: str
    detail: str = ""


class ModelHealth(BaseModel):
    """One model as this process knows it: `open` is left alone until a call tries it (`half_open`)."""

    provider: str
    model: str
    breaker: Breaker


class Readiness(Health):
    """`models` are those that this very process has asked since it started; other processes know their own.

    A model that is left alone makes no process unready: the next of its chain answers, or a person is called.
    """

    models: list[ModelHealth] = []


def routes(db: Database, working: Callable[[], bool]) -> APIRouter:
    """`working` says whether this process answers turns, or was never meant to."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live")
    async def live() -> Health:
        """The process runs."""
        return Health(status="ok")

    @router.get("/health", responses={503: {"model": Readiness}})
    @router.get("/health/ready", responses={503: {"model": Readiness}})
    async def ready(response: Response) -> Readiness:
        """The process can take messages in and answer them now."""
        try:
            await db.ping()
        except Unavailable as away:
            response.status_code = 503
            return Readiness(status="unavailable", detail=away.detail, models=models())
        if not working():
            response.status_code = 503
            told = "The worker is not taking turns yet."
            return Readiness(status="starting", detail=told, models=models())
        return Readiness(status="ok", models=models())

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus' text form."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def models() -> list[ModelHealth]:
    """The models that this process has asked, by their metric."""
    samples = [each for family in MODEL_BREAKER.collect() for each in family.samples]
    return [
        ModelHealth(
            provider=each.labels["provider"],
            model=each.labels["model"],
            breaker=BREAKERS[int(each.value)],
        )
        for each in samples
    ]
