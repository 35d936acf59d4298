"""The one aiohttp session per process, for models, platforms and webhooks."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from pydantic_core import to_json

from rejoinder import __version__

# A host that takes no connection within this many seconds is away; its answer may take longer.
CONNECT_SECONDS = 10.0
# Longer than a busy bot's pauses, shorter than the 60 s after which proxies close idle connections.
KEEPALIVE_SECONDS = 45.0


def session(
    *,
    socket_factory: Callable[[tuple[Any, ...]], socket.socket] | None = None,
    resolver: AbstractResolver | None = None,
    trace: aiohttp.TraceConfig | None = None,
    decode: bool = True,
) -> aiohttp.ClientSession:
    """A new session; call it inside the running loop and close it at the end.

    No limit on connections (5,000 turns may wait for a model), no cookies, no proxy from the
    environment. Callers set their own time limit on the answer: this one limits connecting only.
    `socket_factory` makes the sockets from address infos, `resolver` looks names up, `trace` sees each request; without
    `decode` compressed bodies stay as they are.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,
            keepalive_timeout=KEEPALIVE_SECONDS,
            socket_factory=socket_factory,
            resolver=resolver,
        ),
        auto_decompress=decode,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"rejoinder/{__version__}"},
        json_serialize=lambda value: to_json(value).decode(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        trust_env=False,
        trace_configs=[trace] if trace else None,
    )
