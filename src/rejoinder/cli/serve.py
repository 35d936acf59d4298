"""`rejoinder serve`: the database, the server and a worker, in one process."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from rejoinder.app.accounts import accounts
from rejoinder.app.address import published
from rejoinder.app.build import build
from rejoinder.app.database import ready_database
from rejoinder.app.sample import sample
from rejoinder.app.token_file import ensure_token
from rejoinder.channels.rest.callback import Callback
from rejoinder.db import connect
from rejoinder.errors import Setup
from rejoinder.live.bus import Bus
from rejoinder.llm.choose import choose
from rejoinder.net.guard import outward
from rejoinder.net.http import session
from rejoinder.secrets.keys import load_keys
from rejoinder.secrets.vault import open_vault
from rejoinder.settings import Settings
from rejoinder.text.thai import warm
from rejoinder.turns.work import Desk
from rejoinder.worker import Work

_BACKLOG = 2048
_MENDS = {
    errno.EADDRINUSE: "Stop what uses it, or choose another port: PORT=8001 make run",
    errno.EACCES: "Ports under 1024 are root's; choose another: PORT=8001 make run",
}
_MEND_HOST = (
    "HOST must be an address of this machine: 127.0.0.1 for itself, 0.0.0.0 for all its networks."
)
_EDGE_LOCK = "700ms"  # a frozen conversation must not keep the connections of all others; LINE allows 2 s in all
_LAST_RESPONSES_S = 5
_KEEP_ALIVE_S = 75  # longer than load balancers keep theirs (60 s), so that they close first


async def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT, then stop in order: no new requests, running turns finish, the database stops.

    A signal during the start undoes what was started. Raises Setup when something must be mended first.
    """
    stop = _Stop()
    listening = bind(settings.host, settings.port)
    try:
        async with AsyncExitStack() as stack:
            stack.callback(listening.close)
            await _start(settings, say, stack, stop, listening)
    except asyncio.CancelledError:
        if not stop.asked:
            raise
        say("Stopped while starting.")


async def _start(
    settings: Settings,
    say: Callable[[str], None],
    stack: AsyncExitStack,
    stop: _Stop,
    listening: socket.socket,
) -> None:
    dsn = await stack.enter_async_context(ready_database(settings, say))
    db = await connect(dsn, size=settings.pool_size, lock_timeout=_EDGE_LOCK)
    stack.push_async_callback(db.close)
    # Answers have a pool of their own: a backlog of them must not keep a message from being acknowledged,
    # and an answer that was paid for waits for its turn to be stored.
    work_db = await connect(dsn, size=settings.pool_size, name="rejoinder work", patience=300)
    stack.push_async_callback(work_db.close)
    http = await stack.enter_async_context(session())
    models = choose(settings.model, accounts(settings), http)
    await stack.enter_async_context(models.open())
    shop = await sample(db)
    token = await ensure_token(db, settings.data, shop.workspace_id)
    secret = _reveal(settings.secret_key)
    vault = open_vault(secret, settings.data)
    callback = Callback(await stack.enter_async_context(outward()), vault)
    bus, work = Bus(db), Work(work_db, models, settings, callback.send)
    await stack.enter_async_context(bus.running())
    await stack.enter_async_context(work.running())
    app = build(
        db=db,
        bus=bus,
        settings=settings,
        keys=load_keys(secret, settings.data),
        vault=vault,
        sample=shop,
        model=models.first.model_name,
        working=lambda: work.ready,
    )
    await asyncio.to_thread(warm)  # else the first Thai customer waits for the dictionary
    server = _server(app)
    stop.when_serving(server, bus, work.desk)
    url = url_of(listening)
    stack.enter_context(published(settings.data, url))
    say(greeting(url, settings.data_dir and settings.data, token, shop.bot.name, models.name))
    await server.serve(sockets=[listening])
    say(
        f"Stopping: running turns finish first, {settings.drain_seconds:.0f} s at most; Ctrl-C again hands them back."
    )


class _Stop:
    """SIGTERM and SIGINT, from the first moment on: during the start they cancel it, later they end the server."""

    def __init__(self) -> None:
        self.asked = False
        self._starting = asyncio.current_task()
        self._server: uvicorn.Server | None = None
        self._bus: Bus | None = None
        self._desk: Desk | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._ask)

    def when_serving(self, server: uvicorn.Server, bus: Bus, desk: Desk) -> None:
        """From here on a signal ends the server; a second one waits neither for its responses nor for turns."""
        self._server, self._bus, self._desk = server, bus, desk
        server.should_exit = self.asked

    def _ask(self) -> None:
        if self._server is None or self._bus is None:
            if self._starting is not None and not self.asked:
                self._starting.cancel()
        else:
            if self._server.should_exit and self._desk is not None:
                self._server.force_exit = True
                self._desk.hurry()
            self._server.should_exit = True
            self._bus.close()  # streams and waiting callers leave now
        self.asked = True


class _Server(uvicorn.Server):
    """Signals are ours: uvicorn would raise them again after its own shutdown, before the turns have finished."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: FastAPI) -> _Server:
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
    return _Server(config)


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


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


def greeting(url: str, data: Path | None, token: str, bot: str, model: str) -> str:
    """What a newcomer needs: where to click, what to paste, how to stop. `data` where it isn't the usual folder."""
    answering = (
        "the built-in local responder, no large language model (set OPENAI_API_KEY for one)"
        if model == "local"
        else model
    )
    command = f"{f'REJOINDER_DATA={data} ' if data else ''}{_command()}"
    # On a terminal a person may paste it; anywhere else this line ends in a log, where no token belongs.
    shown = token if sys.stderr.isatty() else f"$({command} token)"
    return f"""
Rejoinder is running. {bot} answers, with {answering}.

  Chat page   {url}/
  API docs    {url}/docs
  Terminal    {command} chat
  curl        curl -sS '{url}/api/v1/messages?wait=30' -H "Authorization: Bearer {shown}" \\
                -H 'Content-Type: application/json' \\
                -d '{{"conversation_id": "thread-1", "text": "How much is shipping?"}}'

Stop with Ctrl-C.
"""


def _command() -> str:
    program = Path(sys.argv[0])
    inside = program.is_absolute() and program.is_relative_to(Path.cwd())
    return str(program.relative_to(Path.cwd())) if inside else str(program)
