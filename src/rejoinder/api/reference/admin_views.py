"""What the documents' administrators are answered. Times are Unix seconds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from rejoinder.conversations.model import State


class ConversationOverview(BaseModel):
    """One conversation; `id` is ours, the other two ids are the sender's own names."""

    conversation_id: str
    id: str
    last_message_id: str | None
    last_message_timestamp: float
    ai_processing: bool
    context_size: int
    state: State


class ConversationsView(BaseModel):
    """Conversations, the newest first; ask for the next with `after=next` until `next` is null."""

    total_conversations: int
    conversations: list[ConversationOverview]
    next: str | None
    storage_backend: str


class StuckConversation(BaseModel):
    """Where something should have happened by now, and since when it is due."""

    conversation_id: str
    id: str
    reason: str
    since: float


class Statistics(BaseModel):
    """Counts of the workspace."""

    total_conversations: int
    active_ai_tasks: int
    stuck_conversations: int


class HealthView(BaseModel):
    """`degraded` when something is stuck or no worker lives."""

    status: Literal["healthy", "degraded"]
    timestamp: float
    statistics: Statistics
    redis_status: Literal["not_configured"]
    postgres_status: Literal["connected"]
    workers: int
    storage_backend: str
    stuck_conversations: list[StuckConversation]
    supported_action_types: list[str]


class ConversationCounts(BaseModel):
    """`recent`: somebody wrote within 24 hours; `old`: nobody did."""

    total: int
    recent: int
    old: int
    active_processing: int


class PostgresStats(BaseModel):
    """The database's own statistics, where the document has those of Redis."""

    connections: int
    max_connections: int
    database_size: str
    database_bytes: int
    cache_hits: int
    cache_misses: int
    version: str


class StatsView(BaseModel):
    """Counts of the workspace and statistics of the database."""

    timestamp: float
    conversations: ConversationCounts
    redis_stats: None
    postgres_stats: PostgresStats
    storage_backend: str


class CancelledView(BaseModel):
    """How many turns were ended: the running one, the waiting one, or neither."""

    success: bool
    message: str
    conversation_id: str
    id: str
    cancelled: int
    storage_backend: str


class CleanupView(BaseModel):
    """How much was deleted."""

    success: bool
    max_age_hours: float
    cleaned: dict[str, int]
    timestamp: float
    storage_backend: str
