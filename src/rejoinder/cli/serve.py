"""`rejoinder serve`: the database, the server and a worker, in one process."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

import uvicorn
from fastapi import FastAPI

from rejoinder.app.build import build
from rejoinder.app.database import ready_database
from rejoinder.app.sample import sample
from rejoinder.app.token_file import ensure_token
from rejoinder.db import connect
from rejoinder.errors import Setup
from rejoinder.live.bus import Bus
from rejoinder.llm.choose import choose
from rejoinder.net.http import session
from rejoinder.secrets.keys import load_key
from rejoinder.settings import Settings
from rejoinder.text.thai import warm
from rejoinder.worker import Work

_LAST_RESPONSES_S = 5
_KEEP_ALIVE_S = 75  # longer than load balancers keep theirs (60 s), so that they close first


async def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT, then stop in order: no new requests, running turns finish, the database stops.

    Raises Setup when something must be mended first.
    """
    listening = bind(settings.host, settings.port)
    async with AsyncExitStack() as stack:
        stack.callback(listening.close)
        dsn = await stack.enter_async_context(ready_database(settings, say))
        db = await connect(dsn, size=settings.pool_size)
        stack.push_async_callback(db.close)
        # Answers have a pool of their own: a backlog of them must not keep a message from being acknowledged,
        # and an answer that was paid for waits for its turn to be stored.
        work_db = await connect(dsn, size=settings.pool_size, name="rejoinder work", patience=300)
        stack.push_async_callback(work_db.close)
        model = choose(
            wanted=settings.model,
            openai_api_key=settings.openai_api_key.get_secret_value()
            if settings.openai_api_key
            else None,
            openai_base_url=settings.openai_base_url,
            openai_model=settings.openai_model,
            session=await stack.enter_async_context(session()),
        )
        shop = await sample(db)
        token = await ensure_token(db, settings.data, shop.workspace_id)
        bus, work = Bus(db), Work(work_db, model, settings)
        await stack.enter_async_context(bus.running())
        await stack.enter_async_context(work.running())
        key = load_key(
            settings.secret_key.get_secret_value() if settings.secret_key else None, settings.data
        )
        app = build(
            db=db,
            bus=bus,
            settings=settings,
            key=key,
            sample=shop,
            model=model.model_name,
            working=lambda: work.ready,
        )
        await asyncio.to_thread(warm)  # else the first Thai customer waits for the dictionary
        say(greeting(listening, token, shop.bot.name, model.model_name))
        await _listen(app, listening, bus)
        say("Stopping: running turns finish first.")


class _Server(uvicorn.Server):
    """Signals are ours: uvicorn would raise them again after its own shutdown, before the turns have finished."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _listen(app: FastAPI, listening: socket.socket, bus: Bus) -> None:
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
    server = _Server(config)

    def stop() -> None:
        if server.should_exit:
            server.force_exit = True
        server.should_exit = True
        bus.close()  # streams and waiting callers leave now

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve(sockets=[listening])


def bind(host: str, port: int) -> socket.socket:
    """The listening socket. Raises Setup when the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as taken:
        listening.close()
        raise Setup(
            f"Can't listen on {host}:{port}: {taken.strerror or taken}.",
            mend=f"Stop what uses it, or choose another port: PORT={port + 1 if port else 8001} make run",
            code="port_taken",
        ) from None
    listening.set_inheritable(False)
    return listening


def greeting(listening: socket.socket, token: str, bot: str, model: str) -> str:
    """What a newcomer needs: where to click, what to paste, how to stop."""
    host, port = listening.getsockname()[:2]
    where = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 - compared only
    answering = (
        "the built-in local responder, no large language model (set OPENAI_API_KEY for one)"
        if model == "local"
        else model
    )
    return f"""
Rejoinder is running. {bot} answers, with {answering}.

  Chat page   {where}/
  API docs    {where}/docs
  Terminal    rejoinder chat       (with `make run`: .venv/bin/rejoinder chat)
  curl        curl -sS '{where}/api/v1/messages?wait=30' -H 'Authorization: Bearer {token}' \\
                -H 'Content-Type: application/json' \\
                -d '{{"conversation_id": "thread-1", "text": "How much is shipping?"}}'

Stop with Ctrl-C.
"""
