"""A worker of this process, with all it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from aiohttp import ClientSession

from rejoinder.app.accounts import accounts
from rejoinder.channels.log import ChannelLog
from rejoinder.channels.senders import Senders
from rejoinder.db import Database, connect
from rejoinder.guard.redact import KINDS, Redaction
from rejoinder.inbound.locate import locating
from rejoinder.knowledge.embedding.embed import Means as Embedding
from rejoinder.knowledge.importing.websites.run import Means as Importing
from rejoinder.llm.calling.limits import Limits
from rejoinder.llm.calling.price import kept_new
from rejoinder.llm.calling.transcribe import transcribe
from rejoinder.llm.chains import Chains
from rejoinder.llm.choose import choose
from rejoinder.llm.embedding import embedder_of
from rejoinder.media.files import shelves
from rejoinder.media.limits import limits
from rejoinder.media.links import Links
from rejoinder.media.model import Transcribe, Transcript
from rejoinder.media.objects import Objects, Place
from rejoinder.media.taking.download import Means as Fetching
from rejoinder.media.taking.hear import Hearing
from rejoinder.media.taking.scan import scanner
from rejoinder.net.guard import outward
from rejoinder.net.http import session
from rejoinder.outbound.signals.show import Signals
from rejoinder.queue.jobs import TURNS
from rejoinder.queue.lanes import EMBEDDINGS, MEDIA
from rejoinder.secrets import load_keys
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.turns.answering.warm import warm
from rejoinder.worker import LANES, Equipment, Work


@asynccontextmanager
async def working(
    dsn: str, settings: Settings, vault: Vault, lanes: frozenset[str] = LANES
) -> AsyncIterator[Work]:
    """A worker that takes jobs of the lanes, until left; then it finishes what runs. Raises Setup."""
    async with AsyncExitStack() as stack:
        # Answers have a pool of their own: a backlog of them must not keep a message from being acknowledged,
        # and an answer that was paid for waits for its turn to be stored.
        db = await connect(dsn, size=settings.pool_size, name="rejoinder work", patience=300)
        stack.push_async_callback(db.close)
        http = await stack.enter_async_context(session())
        # Who only sends needs no model and no key for one.
        wanted = settings.model if TURNS in lanes else "local"
        places = Limits.read(settings.model_limits, db)
        default = choose(wanted, accounts(settings), http, places)
        models = Chains(accounts(settings), http, default)
        await stack.enter_async_context(models.open())
        stack.enter_context(kept_new(settings.update_prices))
        out = await stack.enter_async_context(outward())
        objects = Objects(Place.of(settings))
        secret = settings.secret_key.get_secret_value() if settings.secret_key else None
        links = Links(load_keys(secret, settings.data), settings.public_url)
        channel_log = ChannelLog(db, keep=settings.keep_channel_log_days > 0)
        await stack.enter_async_context(channel_log.open())
        senders = Senders(out, vault, shelves(db, objects, links), channel_log.note_out)
        fetching = Fetching(
            db,
            out,
            objects,
            locating(db, vault, out),
            limits(settings.media_limits),
            scanner(settings.media_scanner),
            await _hearing(stack, settings, db, http, places) if MEDIA in lanes else None,
        )
        if TURNS in lanes:  # else the first customer waits for dictionaries and word lists
            await asyncio.to_thread(warm)
        signals = Signals(db, out, vault)
        embedder = (
            embedder_of(
                settings.embedder, accounts(settings), http, models=settings.model, limits=places
            )
            if lanes & {TURNS, EMBEDDINGS}
            else None
        )
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        embedding = Embedding(db, embedder, _hidden) if embedder else None
        equipment = Equipment(vault, fetching, embedding, Importing(db, out), signals.writing)
        work = Work(db, models, settings, senders.send, lanes, equipment)
        await stack.enter_async_context(work.running())
        yield work


def _hidden(text: str) -> str:
    return Redaction(KINDS).hide(text)


async def _hearing(
    stack: AsyncExitStack, settings: Settings, db: Database, http: ClientSession, places: Limits
) -> Transcribe | None:
    """What writes down recordings, if the settings name a model for that. Raises Setup."""
    if settings.transcription_model is None:
        return None
    chain = choose(settings.transcription_model, accounts(settings), http)
    await stack.enter_async_context(chain.open())

    async def hear(data: bytes, mime_type: str, bot_id: UUID) -> Transcript | None:
        found = await transcribe(
            chain.first,
            data,
            mime_type,
            timeout=settings.model_timeout,
            limits=places,
            bot_id=bot_id,
        )
        return Transcript(*found) if found else None

    return Hearing(db, hear)
