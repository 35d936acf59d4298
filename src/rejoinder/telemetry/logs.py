"""Logs: JSON lines, or readable ones on a terminal. No customer text at info level or above.

Exceptions are written as `tracebacks` says. Only when the level is debug are they quoted in full.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from rejoinder.telemetry.tracebacks import related, render, said

log: structlog.stdlib.BoundLogger = structlog.get_logger("rejoinder")

_CHATTY = ("alembic", "asyncio", "aiohttp.access", "uvicorn.access", "pgqueuer", "uvicorn.error")


def configure(level: str, form: Literal["auto", "json", "console"]) -> None:
    """Send our own and every library's log lines to stderr in one form."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    quoting = level.upper() == "DEBUG"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if quoting else [_unquoted_values, _unquoted_event]),
        # Of both forms: the console's own one prints local variables, tokens and customers' text among them.
        structlog.processors.format_exc_info
        if quoting
        else structlog.processors.ExceptionRenderer(_render),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        cache_logger_on_first_use=False,  # a cached one keeps the level it was first used with
    )
    written: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            pass_foreign_args=True,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_arguments,
                written,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _render(exc_info: ExcInfo) -> str:
    return render(exc_info[1])


def _unquoted_values(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Write exceptions given as values, `log.warning("away", error=away)`, as `said` does."""
    for key, value in event.items():
        if key != "exc_info" and isinstance(value, BaseException):
            event[key] = said(value)
    return event


def _unquoted_event(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Take the words of exceptions out of the sentences that libraries build with them."""
    if "_record" not in event:
        return event  # our own: a constant
    sentence = str(event["event"])
    if event["logger"] == "asyncio":
        # The further lines are objects' reprs, a failed task's with its exception; a callback's shows its arguments.
        sentence = re.split(r"[\n(]", sentence, maxsplit=1)[0].rstrip()
    arguments = event.get("positional_args") or ()
    named = [*(arguments if isinstance(arguments, tuple) else ()), _error(event.get("exc_info"))]
    for error in named:
        if isinstance(error, BaseException):
            for one in related(error):
                for quoted in filter(None, (repr(one), str(one))):
                    sentence = sentence.replace(quoted, said(one))
    return {**event, "event": sentence}


def _error(exc_info: object) -> object:
    return exc_info[1] if isinstance(exc_info, tuple) else exc_info


def _without_arguments(_logger: object, _name: str, event: EventDict) -> EventDict:
    event.pop("positional_args", None)
    return event
