"""Every error as RFC 9457 problem+json: what is wrong, where, and how to mend it."""

from __future__ import annotations

import math

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rejoinder.db import BUSY
from rejoinder.errors import (
    Invalid,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    RejoinderError,
    Unavailable,
    UnsupportedMediaType,
)
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import REFUSED

MEDIA_TYPE = "application/problem+json"


def install(app: FastAPI) -> None:
    """Answer every error of `app` as a problem."""

    @app.exception_handler(RejoinderError)
    async def known(request: Request, error: RejoinderError) -> JSONResponse:
        return problem(error)

    async def busy(request: Request, error: Exception) -> JSONResponse:
        log.warning("request_met_a_lock", path=request.url.path, error=type(error).__name__)
        return problem(
            Unavailable(
                "What this request would change is locked by other work.",
                mend="Nothing was changed; send the request again.",
                retry_after=1,
            )
        )

    for lost in BUSY:
        app.add_exception_handler(lost, busy)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return _validation(request, error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return problem(
            _http(request, error), status=error.status_code, headers=dict(error.headers or {})
        )

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
        return problem(
            RejoinderError(
                "This is our fault, not yours.", mend="Send it again; the log says what happened."
            )
        )


def problem(
    error: RejoinderError,
    *,
    status: int | None = None,
    headers: dict[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """The response for an error."""
    REFUSED.labels(error.code).inc()
    body: dict[str, object] = {
        "type": f"urn:rejoinder:problem:{error.code}",
        "title": error.title,
        "status": status or error.status,
        "code": error.code,
        "detail": error.detail,
    }
    body |= {key: value for key, value in (("mend", error.mend), ("where", error.where)) if value}
    if errors:
        body["errors"] = errors
    headers = headers or {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status or error.status, headers, MEDIA_TYPE)


def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
    found = error.errors()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (
        found[0]["loc"] == ("body",)
        and request.method in ("POST", "PATCH")
        and not kind.endswith("json")
    ):
        return problem(
            UnsupportedMediaType(
                f"The body came as {kind or 'no type'}, not as JSON.",
                mend="Send the header `Content-Type: application/json`.",
            )
        )
    if any(item["type"] == "json_invalid" for item in found):
        reason = next(item for item in found if item["type"] == "json_invalid")
        at = reason["loc"][-1] if reason["loc"] else 0
        return problem(
            MalformedJson(
                f"The body is not JSON: {reason.get('ctx', {}).get('error', 'unreadable')} at character {at}.",
                mend="Send one JSON object with Content-Type: application/json.",
            )
        )
    errors = [
        {
            "where": ".".join(str(part) for part in item["loc"] if part != "body") or "body",
            "detail": item["msg"].removeprefix("Value error, "),
        }
        for item in found
    ]
    first = errors[0]
    return problem(
        Invalid(
            f"{first['where']}: {first['detail']}",
            mend="Correct the fields named under `errors`; /docs shows what each may hold.",
            where=first["where"],
        ),
        errors=errors,
    )


def _http(request: Request, error: HTTPException) -> RejoinderError:
    if error.status_code == 404:
        return NotFound(
            f"There is nothing at {request.url.path}.", mend="/docs lists what there is."
        )
    if error.status_code == 405:
        return MethodNotAllowed(
            f"{request.url.path} does not take {request.method}.", mend="/docs lists what it takes."
        )
    if error.status_code == 400:
        return MalformedJson(
            "The body can't be read as JSON.", mend="Send one JSON object in UTF-8."
        )
    return RejoinderError(str(error.detail), code=f"http_{error.status_code}")
