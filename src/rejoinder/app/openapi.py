"""The OpenAPI description says what is truly answered: problem+json, not FastAPI's own error form."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from rejoinder.app.problems import MEDIA_TYPE
from rejoinder.errors import MalformedJson, RejoinderError, TooLarge, UnsupportedMediaType


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    where: str
    detail: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable, for machines; `detail` and `mend` are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    mend: str | None = None
    where: str | None = None
    errors: list[FieldProblem] | None = None


_OF_BODIES = (MalformedJson, TooLarge, UnsupportedMediaType)


def documented(*errors: type[RejoinderError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problems a route may answer with."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        error.status: {"description": error.title, "content": {MEDIA_TYPE: schema}}
        for error in errors
    }


def describe(app: FastAPI) -> None:
    """Add the problem's schema to the application's OpenAPI, which the routes refer to."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        made = make()
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem_schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem_schema.pop("$defs", {})
            schemas["Problem"] = problem_schema
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        for operation in (each for path in made["paths"].values() for each in path.values()):
            if "requestBody" not in operation:
                for of_bodies in _OF_BODIES:
                    operation["responses"].pop(str(of_bodies.status), None)
        return made

    app.openapi = openapi  # type: ignore[method-assign]
