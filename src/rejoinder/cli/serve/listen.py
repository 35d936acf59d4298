"""The listening socket, and uvicorn on it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from rejoinder.errors import Setup

_BACKLOG = 2048
_MENDS = {
    errno.EADDRINUSE: "Stop what uses it, or choose another port with PORT; PORT=0 takes a free one.",
    errno.EACCES: "Ports under 1024 are root's; choose another with PORT; PORT=0 takes a free one.",
}
_MEND_HOST = (
    "HOST must be an address of this machine: 127.0.0.1 for itself, 0.0.0.0 for all its networks."
)
_LAST_RESPONSES_S = 5
_KEEP_ALIVE_S = 75  # longer than load balancers keep theirs (60 s), so that they close first


class Server(uvicorn.Server):
    """Signals are ours: uvicorn would raise them again after its own shutdown, before the turns have finished."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(app: FastAPI) -> Server:
    """uvicorn with our settings; `serve(sockets=[…])` runs it."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        http="httptools",
        timeout_graceful_shutdown=_LAST_RESPONSES_S,
        timeout_keep_alive=_KEEP_ALIVE_S,
        server_header=False,
    )
    return Server(config)


def bind(host: str, port: int) -> socket.socket:
    """The listening socket. Raises Setup when the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        # Callers who come during the start wait instead of being refused.
        listening.listen(_BACKLOG)
    except OSError as wrong:
        listening.close()
        raise Setup(
            f"Can't listen on {host}:{port}: {wrong.strerror or wrong}.",
            mend=_MENDS.get(wrong.errno or 0, _MEND_HOST),
            code="cannot_listen",
        ) from None
    listening.set_inheritable(False)
    return listening


def url_of(listening: socket.socket) -> str:
    """The address a person on this machine types."""
    host, port = listening.getsockname()[:2]
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared only
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
