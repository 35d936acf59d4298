"""The HTTP application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from uuid import UUID

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from rejoinder import __version__
from rejoinder.api import health
from rejoinder.api.answers import actions, drafts, explanation
from rejoinder.api.bots import routes as bots
from rejoinder.api.bots.voice import canned, personas, templates
from rejoinder.api.channels import routes as channels
from rejoinder.api.conversations import contacts, hands, media, receipts
from rejoinder.api.conversations import routes as conversations
from rejoinder.api.knowledge import routes as knowledge
from rejoinder.api.knowledge.search import MeaningOf, no_meaning
from rejoinder.api.knowledge.search import routes as search
from rejoinder.api.processing import routes as processing
from rejoinder.api.processing.model import Means, Models
from rejoinder.api.reference import routes as reference
from rejoinder.api.work import dead_letters, intake, jobs, queues, turns
from rejoinder.api.workspace import routes as workspace
from rejoinder.api.workspace import usage
from rejoinder.app import problems
from rejoinder.app.body_limit import BodyLimit
from rejoinder.app.models import no_models
from rejoinder.app.openapi import describe, documented
from rejoinder.app.sample import Sample
from rejoinder.app.tokens.given import given_tokens
from rejoinder.channels.connect.model import Tools
from rejoinder.channels.log import ChannelLog
from rejoinder.conversations import store as records
from rejoinder.conversations.content import Choice, stored
from rejoinder.db import Database
from rejoinder.errors import (
    Conflict,
    Forbidden,
    Invalid,
    MalformedJson,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive
from rejoinder.inbound.rest import routes as inbound
from rejoinder.inbound.webhook.routes import routes as webhooks
from rejoinder.live.bus import Bus
from rejoinder.live.stream import stream
from rejoinder.media.limits import limits as media_limits
from rejoinder.media.links import Links
from rejoinder.media.objects import Objects, Place
from rejoinder.media.taking.scan import scanner
from rejoinder.net.guard import Outward
from rejoinder.queue.limits import limits
from rejoinder.secrets import Keys
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.turns.upkeep.retention import Keep
from rejoinder.widget.routes import routes as widget_routes
from rejoinder.widget.session import Accepted, WidgetDeps
from rejoinder.workspaces.tokens import Tokens

_REFUSALS = (
    MalformedJson,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    Unavailable,
)


def build(
    *,
    db: Database,
    bus: Bus,
    settings: Settings,
    keys: Keys,
    vault: Vault,
    out: Outward,
    sample: Sample,
    model: str,
    working: Callable[[], bool],
    models: Models = no_models,
    channel_log: ChannelLog | None = None,
    meaning: MeaningOf = no_meaning,
) -> FastAPI:
    """All edges on one application. `working` says whether turns are being taken, `models` analyse."""
    # Offline: the API page's scripts come with the program, not from someone else's server.
    app = FastAPIOffline(
        title="Rejoinder", version=__version__, redoc_url=None, redirect_slashes=False
    )
    app.add_middleware(BodyLimit)
    problems.install(app)
    describe(app)
    tokens = Tokens(db, given_tokens(settings, sample.workspace_id))
    limited = limits(settings.lanes, settings.max_turns)
    files = media.MediaDeps(
        db,
        Objects(Place.of(settings)),
        Links(keys, settings.public_url),
        media_limits(settings.media_limits),
        scanner(settings.media_scanner),
    )
    means = Means(db, bus, models, settings.max_wait_seconds, settings.model_timeout)
    for routes in (
        inbound.routes(db, bus, tokens, settings.max_wait_seconds),
        actions.routes(db, tokens),
        drafts.routes(db, tokens),
        explanation.routes(db, tokens),
        conversations.routes(db, bus, tokens, settings.max_wait_seconds),
        contacts.routes(db, tokens),
        hands.routes(db, tokens),
        channels.routes(Tools(db, vault, out, settings.public_url), tokens),
        receipts.routes(db, tokens),
        queues.routes(db, tokens, limited),
        dead_letters.routes(db, tokens),
        intake.routes(db, tokens),
        turns.routes(db, tokens),
        jobs.routes(db, tokens),
        bots.routes(db, tokens),
        knowledge.routes(db, tokens),
        personas.routes(db, tokens),
        templates.routes(db, tokens),
        canned.routes(db, tokens),
        media.routes(files, tokens),
        workspace.routes(db, tokens),
        usage.routes(db, tokens),
        processing.routes(means, tokens),
        search(db, tokens, meaning),
        reference.messages(db, bus, tokens, settings.max_wait_seconds),
        reference.administration(db, tokens, Keep.of(settings)),
    ):
        app.include_router(routes, responses=documented(*_REFUSALS))
    app.include_router(webhooks(db, vault, channel_log))
    app.include_router(media.public(files), responses=documented(Forbidden, NotFound, Invalid))
    app.include_router(health.routes(db, working))
    app.include_router(widget_routes(_widget(db, bus, settings, keys, sample, model)))
    return app


def _widget(
    db: Database, bus: Bus, settings: Settings, keys: Keys, sample: Sample, model: str
) -> WidgetDeps:
    workspace_id, channel_id = sample.workspace_id, sample.widget.channel_id

    async def take(
        thread_key: str, visitor: str, external_id: str, text: str, payload: str | None
    ) -> Accepted:
        tapped = (Choice(title=text, payload=payload),) if payload else ()
        incoming = Incoming(
            channel_id=channel_id,
            platform="widget",
            thread_key=thread_key,
            external_id=external_id,
            sender_type="customer",
            sender_id=visitor,
            sender_name=None,
            text=text,
            content=stored(tapped),
            platform_time=None,
            metadata={},
            waits=False,
        )
        received = await receive(db, workspace_id, incoming)
        return Accepted(received.message_id, received.conversation_id, received.seq)

    async def find(thread_key: str) -> UUID | None:
        async with db.read(workspace_id) as read:
            found = await records.conversation_by_thread(read, channel_id, thread_key)
        return found.conversation_id if found else None

    def follow(conversation_id: UUID, after: int) -> AsyncIterator[bytes]:
        return stream(db, bus, workspace_id, conversation_id, after)

    return WidgetDeps(
        db=db,
        keys=keys,
        workspace_id=workspace_id,
        channel_id=channel_id,
        bot_name=sample.bot.name,
        model=model,
        messages_per_minute=settings.visitor_messages_per_minute,
        sessions_per_minute=settings.visitor_sessions_per_minute,
        receive=take,
        find=find,
        stream=follow,
    )
