"""Looking names up for addresses that a workspace names: apart from everyone else's look-ups, which must not wait.

The loop's own look-ups share a handful of threads; forty callbacks behind a dead name server would keep a model's
address waiting for a minute.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from aiohttp.abc import AbstractResolver, ResolveResult
from cachetools import TTLCache

_THREADS = 16
_FAILED_S = 30.0
"""A name that could not be looked up is not looked up again for this long."""

_SLOW_S = 5.0


class Lookups(AbstractResolver):
    """Looks names up in threads of its own. A name that failed, or that is being waited for too long, fails at once."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="lookups")
        self._failed: TTLCache[str, str] = TTLCache(10_000, _FAILED_S)
        self._begun: dict[str, float] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError."""
        begun = self._begun.get(host)
        if host in self._failed or (begun is not None and monotonic() - begun > _SLOW_S):
            raise OSError(None, f"{host} could not be looked up a moment ago")
        self._begun.setdefault(host, monotonic())
        looking = asyncio.get_running_loop().run_in_executor(self._pool, _look, host, port, family)
        looking.add_done_callback(lambda _: self._begun.pop(host, None))
        try:
            # A caller that gives up leaves the thread looking: what it finds out is of use all the same.
            return await asyncio.shield(looking)
        except OSError as failed:
            self._failed[host] = str(failed)
            raise

    async def close(self) -> None:
        """Wait for no look-up."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return [
        ResolveResult(
            hostname=host,
            host=str(address[0]),
            port=int(address[1]),
            family=kind,
            proto=protocol,
            flags=flags,
        )
        for kind, _, protocol, _, address in found
    ]
