"""SQL of workspaces and their tokens."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Maintenance, Read, Tx
from rejoinder.queue.priority import Plan
from rejoinder.workspaces.model import Caller, Scope, Workspace

LOCK = "SELECT pg_advisory_xact_lock($1)"

ADD = """
INSERT INTO workspaces (workspace_id, slug, name, allow_private_networks) VALUES ($1, $2, $3, $4)
ON CONFLICT (slug) DO NOTHING
"""

BY_SLUG = "SELECT workspace_id, slug, name, plan FROM workspaces WHERE slug = $1"

WORKSPACE = "SELECT workspace_id, slug, name, plan FROM workspaces WHERE workspace_id = $1"

CHANGE = """
UPDATE workspaces SET name = coalesce($2, name), plan = coalesce($3, plan) WHERE workspace_id = $1
RETURNING workspace_id, slug, name, plan
"""

ALLOWS_PRIVATE_NETWORKS = "SELECT allow_private_networks FROM workspaces WHERE workspace_id = $1"

ADD_TOKEN = """
INSERT INTO api_tokens (workspace_id, token_id, name, scope, token_hash) VALUES ($1, $2, $3, $4, $5)
"""

REVOKE_TOKENS_NAMED = """
UPDATE api_tokens SET revoked_at = clock_timestamp()
WHERE workspace_id = $1 AND name = $2 AND revoked_at IS NULL
"""

CALLER_BY_HASH = """
SELECT workspace_id, token_id, scope FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL
"""


async def lock(maintenance: Maintenance, key: int) -> None:
    """Let one transaction at a time set workspaces up, until it ends."""
    await maintenance.connection.execute(LOCK, key)


async def add(
    maintenance: Maintenance,
    workspace_id: UUID,
    slug: str,
    name: str,
    *,
    allow_private_networks: bool = False,
) -> None:
    """Add a workspace; one with this slug already there stays as it is."""
    await maintenance.connection.execute(ADD, workspace_id, slug, name, allow_private_networks)


async def by_slug(maintenance: Maintenance, slug: str) -> Workspace | None:
    """The workspace of that slug."""
    row = await maintenance.connection.fetchrow(BY_SLUG, slug)
    return Workspace(*row) if row else None


async def workspace(read: Read) -> Workspace:
    """The workspace itself."""
    row = await read.connection.fetchrow(WORKSPACE, read.workspace_id)
    assert row is not None, "whoever reads in it was let in by one of its tokens"
    return Workspace(*row)


async def change(tx: Tx, name: str | None, plan: Plan | None) -> Workspace:
    """Give it another name or plan."""
    row = await tx.connection.fetchrow(CHANGE, tx.workspace_id, name, plan)
    assert row is not None, "as above"
    return Workspace(*row)


async def allows_private_networks(read: Read) -> bool:
    """Whether its channels may call addresses that are not public."""
    allowed = await read.connection.fetchval(ALLOWS_PRIVATE_NETWORKS, read.workspace_id)
    return bool(allowed)


async def add_token(tx: Tx, token_id: UUID, name: str, scope: Scope, token_hash: bytes) -> None:
    """Store a token's hash (SHA-256, 32 bytes)."""
    await tx.connection.execute(ADD_TOKEN, tx.workspace_id, token_id, name, scope, token_hash)


async def revoke_tokens_named(tx: Tx, name: str) -> None:
    """Revoke every token of that name; they stop working within the seconds a process remembers them."""
    await tx.connection.execute(REVOKE_TOKENS_NAMED, tx.workspace_id, name)


async def caller_by_hash(maintenance: Maintenance, token_hash: bytes) -> Caller | None:
    """Whom a token speaks for: the one look-up that can't know its workspace beforehand."""
    row = await maintenance.connection.fetchrow(CALLER_BY_HASH, token_hash)
    return Caller(*row) if row else None
