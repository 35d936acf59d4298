"""Calls as Telegram reads them, and its answers.

Source: Bot API, "Making requests", ResponseParameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Final, cast

from pydantic import JsonValue
from pydantic_core import from_json

from rejoinder.channels.port.simulated import Call, Reply
from rejoinder.channels.telegram.parse.reading import record

_METHOD: Final = re.compile(r"/bot([^/]+)/([A-Za-z]+)")
_FILE: Final = re.compile(r"/file/bot([^/]+)/(.+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A call: which method, with which fields; `files` are those that were uploaded."""

    token: str
    method: str
    fields: dict[str, JsonValue]
    files: Mapping[str, bytes] = field(default_factory=dict)


def asked(call: Call) -> Asked | None:
    """The method that is called, by GET or POST; None for another path, or a body that nobody can read."""
    found = _METHOD.fullmatch(call.path)
    if found is None or call.method not in ("GET", "POST"):
        return None
    fields: dict[str, JsonValue] = {**call.query}
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        more, files = _form(kind, call.body)
        return Asked(found[1], found[2], fields | more, files)
    if call.body:
        try:
            fields |= record(from_json(call.body))
        except ValueError:
            return None
    return Asked(found[1], found[2], fields)


def file_asked(call: Call) -> tuple[str, str] | None:
    """The token and the path of a file that is fetched."""
    found = _FILE.fullmatch(call.path)
    return (found[1], found[2]) if found and call.method == "GET" else None


def done(result: JsonValue) -> Reply:
    """It worked."""
    return Reply(200, {"ok": True, "result": result})


def refused(status: int, words: str, parameters: dict[str, JsonValue] | None = None) -> Reply:
    """It did not."""
    answer: dict[str, JsonValue] = {"ok": False, "error_code": status, "description": words}
    return Reply(status, answer | {"parameters": parameters} if parameters else answer)


def bad_request(words: str, parameters: dict[str, JsonValue] | None = None) -> Reply:
    """It could not be done as it was asked."""
    return refused(400, f"Bad Request: {words}", parameters)


def unauthorized() -> Reply:
    """No such bot."""
    return refused(401, "Unauthorized")


def _form(kind: str, body: bytes) -> tuple[dict[str, JsonValue], dict[str, bytes]]:
    """Fields and files; all fields come as texts, and are read as what their words are."""
    form = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields: dict[str, JsonValue] = {}
    files: dict[str, bytes] = {}
    for part in form.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        if part.get_filename() is not None:
            files[name] = data
        else:
            fields[name] = _value(name, data.decode(errors="replace"))
    return fields, files


def _value(name: str, written: str) -> JsonValue:
    if name not in _READ:
        return written
    try:
        return cast("JsonValue", from_json(written))
    except ValueError:
        return written


_READ: Final = frozenset({"chat_id", "latitude", "longitude", "reply_markup", "reply_parameters"})
