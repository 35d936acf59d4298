"""The documents' paths."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from rejoinder.api.reference import admin, chat, enhanced
from rejoinder.api.reference.admin_views import (
    CancelledView,
    CleanupView,
    ConversationsView,
    HealthView,
    StatsView,
)
from rejoinder.api.reference.bodies import ChatMessage, EnhancedMessage
from rejoinder.api.reference.views import ChatView, EnhancedView, HandlerView
from rejoinder.bots.known import Bots, Channels
from rejoinder.db import Database
from rejoinder.inbound.rest.callers import needs
from rejoinder.live.bus import Bus
from rejoinder.turns.upkeep.retention import Keep
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_NEWEST = UUID(int=2**128 - 1)
_LONGEST_AGE_H = 24 * 365 * 10

MaxAge = Annotated[
    float,
    Query(
        ge=0,
        le=_LONGEST_AGE_H,
        allow_inf_nan=False,
        description="Finished and failed jobs older than that are deleted.",
    ),
]


def messages(db: Database, bus: Bus, tokens: Tokens, max_wait_seconds: float) -> APIRouter:
    """Messages in, for the callers of the documents."""
    router = APIRouter(prefix="/api/v1", tags=["reference"])
    Sender = Annotated[Caller, Depends(needs(tokens, "ingest"))]  # noqa: N806 - a type
    waiting = enhanced.Waiting(db, bus, Channels(db), max_wait_seconds)
    chats = chat.Chats(db, waiting.channels, Bots(db))

    @router.post("/enhanced-handle-message", response_model_exclude_unset=True)
    async def enhanced_handle_message(body: EnhancedMessage, caller: Sender) -> EnhancedView:
        """Hand a message in and stay for its answer, and for what Pancake said to it."""
        return await enhanced.handle(waiting, caller.workspace_id, body)

    @router.post("/chat/message")
    async def chat_message(body: ChatMessage, caller: Sender) -> ChatView:
        """Hand a chat in; what the customer said last is answered in the background, as the job that is named."""
        return await chat.handle(chats, caller.workspace_id, body)

    @router.get("/status/handler")
    async def handler_status(caller: Sender) -> HandlerView:
        """Whether messages are being answered."""
        return await admin.handler(db, caller.workspace_id)

    return router


def administration(db: Database, tokens: Tokens, keep: Keep) -> APIRouter:
    """For who administers a workspace."""
    router = APIRouter(tags=["reference"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.get("/api/v1/admin/conversations")
    async def admin_conversations(
        caller: Admin,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: Annotated[UUID, Query(description="Conversations older than this id.")] = _NEWEST,
    ) -> ConversationsView:
        """The workspace's conversations, the newest first."""
        return await admin.conversations(db, caller.workspace_id, after, limit)

    @router.get("/api/v1/admin/health")
    async def admin_health(caller: Admin) -> HealthView:
        """Whether messages are being answered, and which conversations are stuck."""
        return await admin.health(db, caller.workspace_id)

    @router.get("/api/v1/admin/stats")
    async def admin_stats(caller: Admin) -> StatsView:
        """Counts of the workspace, and what PostgreSQL says of itself."""
        return await admin.stats(db, caller.workspace_id)

    @router.post("/api/v1/admin/conversations/{conversation_id:path}/cancel")
    async def admin_cancel(
        conversation_id: Annotated[
            str, Path(max_length=255, description="Our id, or the sender's own name.")
        ],
        caller: Admin,
    ) -> CancelledView:
        """End what is being answered in a conversation; its messages stay unanswered."""
        return await admin.cancel(db, caller.workspace_id, conversation_id)

    @router.post("/api/v1/admin/system/cleanup")
    async def admin_cleanup(caller: Admin, max_age_hours: MaxAge = 24) -> CleanupView:
        """Delete old jobs, and whatever else the settings let go, now."""
        return await admin.cleanup(db, caller.workspace_id, keep, max_age_hours)

    @router.post("/admin/system/cleanup")
    async def cleanup(caller: Admin, max_age_hours: MaxAge = 24) -> CleanupView:
        """The same, by the path that the document prints first."""
        return await admin.cleanup(db, caller.workspace_id, keep, max_age_hours)

    return router
