"""Logs: JSON lines, or readable ones on a terminal. No customer text at info level or above."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("rejoinder")


def configure(level: str, form: Literal["auto", "json", "console"]) -> None:
    """Send our own and every library's log lines to stderr in one form."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if not readable else _as_is,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        cache_logger_on_first_use=True,
    )
    render: structlog.types.Processor = (
        # Plain: the pretty one prints local variables, tokens and customers' text among them.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in (
        "alembic",
        "asyncio",
        "aiohttp.access",
        "uvicorn.access",
        "pgqueuer",
        "uvicorn.error",
    ):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _as_is(
    _logger: object, _name: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    return event
