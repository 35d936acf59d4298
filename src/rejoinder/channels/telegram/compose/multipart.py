"""A form with a file in it (RFC 7578)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.channels.telegram.compose.form import Attached

_UNQUOTED = re.compile(r'["\\\r\n\0]')
_TYPE = re.compile(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+")


def multipart(fields: Mapping[str, JsonValue], name: str, file: Attached) -> tuple[bytes, str]:
    """The body and its Content-Type; objects among the fields go as JSON."""
    boundary = secrets.token_hex(16)
    found = _TYPE.match(file.mime_type)
    about = (
        f'Content-Disposition: form-data; name="{name}"; filename="{_quoted(file.filename)}"\r\n'
        f"Content-Type: {found.group() if found else 'application/octet-stream'}\r\n\r\n"
    )
    pieces = [_piece(boundary, key, _written(value)) for key, value in fields.items()]
    pieces.append(b"".join((f"--{boundary}\r\n{about}".encode(), file.data, b"\r\n")))
    body = b"".join((*pieces, f"--{boundary}--\r\n".encode()))
    return body, f"multipart/form-data; boundary={boundary}"


def _piece(boundary: str, name: str, value: bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + value + b"\r\n"


def _written(value: JsonValue) -> bytes:
    return value.encode() if isinstance(value, str) else to_json(value)


def _quoted(filename: str) -> str:
    return _UNQUOTED.sub("_", filename).encode(errors="replace").decode() or "file"
