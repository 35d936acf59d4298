"""Exceptions as log lines may show them: type, stack, and only words that can't be a customer's.

An exception's message quotes whatever went wrong: PostgreSQL's DETAIL holds the row, pydantic the input, an HTTP
client the body. So it is shown only where it is known who wrote it.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Iterator
from textwrap import indent

import asyncpg

from rejoinder.errors import Invalid, ModelError, RejoinderError

_LONGEST_CHAIN = 20
_MOST_PARTS = 15  # of a group, as Python's own tracebacks
_CAUSED = "\nThe above exception was the direct cause of the following exception:\n"
_MEANWHILE = "\nDuring handling of the above exception, another exception occurred:\n"

# Errors whose message is made around a value: data exceptions, and RAISE in a function (PostgreSQL, "Error Codes").
_AROUND_A_VALUE = ("22", "P0")


def render(error: BaseException) -> str:
    """The traceback with causes and the parts of groups; no messages but those of `said`, no variables, no notes."""
    written: list[str] = []
    for link, one in reversed(list(_chain(error))):
        if one.__traceback__ is not None:
            written.append("Traceback (most recent call last):")
            written.append("".join(traceback.format_tb(one.__traceback__)).rstrip())
        written.append(said(one))
        if isinstance(one, BaseExceptionGroup):
            for number, part in enumerate(one.exceptions[:_MOST_PARTS], 1):
                written.append(f"  part {number} of {len(one.exceptions)}:")
                written.append(indent(render(part), "    "))
        if link:
            written.append(link)
    return "\n".join(written)


def said(error: BaseException) -> str:
    """Type and message on one line; the message only if no customer, caller or provider can have written it."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    words = " ".join(_words(error).split())
    return f"{name}: {words}" if words else name


def related(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it came from, and the parts of groups."""
    for _, one in _chain(error):
        yield one
        if isinstance(one, BaseExceptionGroup):
            for part in one.exceptions[:_MOST_PARTS]:
                yield from related(part)


def _words(error: BaseException) -> str:
    match error:
        case (
            Invalid() | ModelError()
        ):  # these quote the caller, or the provider, who quotes the prompt
            return error.code
        case RejoinderError():
            return str(error)
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            return _primary(error)
        case OSError(errno=int(number)) if type(error).__module__ == "builtins":
            return f"[Errno {number}] {os.strerror(number)}"
        case _:
            return ""


def _primary(error: asyncpg.PostgresError | asyncpg.InterfaceError) -> str:
    """PostgreSQL's primary message up to the first value in it, without DETAIL, HINT and CONTEXT.

    Names of tables and constraints stay. A value stands after a colon and a quotation mark (`syntax error in tsquery:
    "…"`), in some classes anywhere. asyncpg's own complaints of an argument are ValueErrors and quote it.
    """
    message = str(error.args[0]) if error.args else ""
    around = isinstance(error, ValueError) or (getattr(error, "sqlstate", None) or "").startswith(
        _AROUND_A_VALUE
    )
    kept = re.split(r"""["':]""" if around else r""":\s*["']""", message, maxsplit=1)[0].rstrip()
    return kept if kept == message else f"{kept} …"


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """Newest first, each with the words that lead from it to the one after it."""
    link, seen, one = "", set[int](), error
    while id(one) not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(id(one))
        yield link, one
        before = one.__cause__
        link = _CAUSED
        if before is None and not one.__suppress_context__:
            before, link = one.__context__, _MEANWHILE
        if before is None:
            return
        one = before
