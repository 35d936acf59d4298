"""`/api/v1/admin/…`: the workspace at a glance, what is stuck, a cancel and a cleaning by hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from rejoinder.api.reference import store
from rejoinder.api.reference.admin_views import (
    CancelledView,
    CleanupView,
    ConversationCounts,
    ConversationOverview,
    ConversationsView,
    HealthView,
    PostgresStats,
    Statistics,
    StatsView,
    StuckConversation,
)
from rejoinder.api.reference.views import STORAGE, Components, HandlerView, Jobs
from rejoinder.conversations import store as records
from rejoinder.conversations.model import Conversation
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.turns.hands.cancel import cancel_conversation
from rejoinder.turns.upkeep.retention import Keep, clean
from rejoinder.turns.upkeep.store import GRACE

LATE = timedelta(seconds=60)
"""Sweepers look every 10 s at most: what is later than this, nobody is taking."""

_LAPSED = timedelta(seconds=10)
"""A lease that ended is found within seconds while any worker lives."""

_RECENT = timedelta(hours=24)

ACTIONS = (
    "send_message",
    "send_quick_replies",
    "send_carousel",
    "transfer_to_agent",
    "collect_info",
    "end_conversation",
)
"""The steps of an answer that are carried out."""


async def conversations(
    db: Database, workspace_id: UUID, after: UUID, limit: int
) -> ConversationsView:
    """The workspace's conversations before one, the newest first."""
    async with db.read(workspace_id) as read:
        total = await store.total(read)
        found = await store.conversations(read, after, limit)
    return ConversationsView(
        total_conversations=total,
        conversations=[
            ConversationOverview(
                conversation_id=each.thread_key,
                id=str(each.conversation_id),
                last_message_id=each.last_message_id,
                last_message_timestamp=each.last_message_timestamp.timestamp(),
                ai_processing=each.ai_processing,
                context_size=each.context_size,
                state=each.state,
            )
            for each in found
        ],
        next=str(found[-1].conversation_id) if len(found) == limit else None,
        storage_backend=STORAGE,
    )


async def health(db: Database, workspace_id: UUID) -> HealthView:
    """Whether the workspace's messages are being answered, and what is stuck."""
    async with db.read(workspace_id) as read:
        now = await store.clock(read.connection)
        total = await store.total(read)
        active = await store.running(read)
        stuck = await store.stuck(read, LATE, _LAPSED)
        workers = await store.workers(read.connection, GRACE)
    places = {each.conversation_id for each in stuck}
    return HealthView(
        status="healthy" if workers and not stuck else "degraded",
        timestamp=now.timestamp(),
        statistics=Statistics(
            total_conversations=total, active_ai_tasks=active, stuck_conversations=len(places)
        ),
        redis_status="not_configured",
        postgres_status="connected",
        workers=workers,
        storage_backend=STORAGE,
        stuck_conversations=[
            StuckConversation(
                conversation_id=each.thread_key,
                id=str(each.conversation_id),
                reason=each.reason,
                since=each.since.timestamp(),
            )
            for each in stuck
        ],
        supported_action_types=list(ACTIONS),
    )


async def stats(db: Database, workspace_id: UUID) -> StatsView:
    """Counts of the workspace, and what PostgreSQL says of itself."""
    async with db.read(workspace_id) as read:
        now = await store.clock(read.connection)
        total, recent = await store.counts(read, _RECENT)
        active = await store.running(read)
        postgres = await store.postgres(read.connection)
    return StatsView(
        timestamp=now.timestamp(),
        conversations=ConversationCounts(
            total=total, recent=recent, old=total - recent, active_processing=active
        ),
        redis_stats=None,
        postgres_stats=PostgresStats(
            connections=postgres.connections,
            max_connections=postgres.max_connections,
            database_size=postgres.database_size,
            database_bytes=postgres.database_bytes,
            cache_hits=postgres.hits,
            cache_misses=postgres.reads,
            version=postgres.version,
        ),
        storage_backend=STORAGE,
    )


async def cancel(db: Database, workspace_id: UUID, named: str) -> CancelledView:
    """End the turns of a conversation, named by our id or by the sender's own name. Raises NotFound or Conflict."""
    found = await _find(db, workspace_id, named)
    ended = await cancel_conversation(db, workspace_id, found.conversation_id, "the admin API")
    return CancelledView(
        success=True,
        message="Processing cancelled" if ended else "Nothing was being answered",
        conversation_id=found.thread_key,
        id=str(found.conversation_id),
        cancelled=ended,
        storage_backend=STORAGE,
    )


async def _find(db: Database, workspace_id: UUID, named: str) -> Conversation:
    found = None
    if "\x00" not in named:
        async with db.read(workspace_id) as read:
            if (ours := _uuid(named)) is not None:
                found = await records.conversation(read, ours)
            if found is None and (theirs := await store.by_thread(read, named)):
                found = await records.conversation(read, theirs)
    if found is None:
        raise NotFound(
            f"There is no conversation {named[:255]!r} in this workspace.",
            mend="Put its id or the name you gave it here; GET /api/v1/admin/conversations lists both.",
        )
    return found


def _uuid(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None


async def cleanup(
    db: Database, workspace_id: UUID, keep: Keep, max_age_hours: float
) -> CleanupView:
    """Delete finished and failed jobs older than that, and all else that the settings let go. Raises Conflict."""
    cleaned = await clean(db, keep, jobs_older_than=timedelta(hours=max_age_hours))
    async with db.read(workspace_id) as read:
        now = await store.clock(read.connection)
    return CleanupView(
        success=True,
        max_age_hours=max_age_hours,
        cleaned=asdict(cleaned),
        timestamp=now.timestamp(),
        storage_backend=STORAGE,
    )


async def handler(db: Database, workspace_id: UUID) -> HandlerView:
    """Whether anybody answers, in the parts the document names. The lock is the conversation's row."""
    async with db.read(workspace_id) as read:
        active = await store.running(read)
        alive = await store.workers(read.connection, GRACE) > 0
    return HandlerView(
        initialized=True,
        components=Components(
            redis_connected=False,
            lock_manager=True,
            background_job_manager=Jobs(
                redis_connected=False,
                status="healthy" if alive else "no_worker",
                active_jobs=active,
            ),
        ),
        status="healthy" if alive else "degraded",
        storage_backend=STORAGE,
    )
