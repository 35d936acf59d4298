"""Bearer tokens: what is kept of them, whom they speak for, how far they reach."""

from __future__ import annotations

from itertools import product
from typing import get_args
from uuid import UUID

import asyncpg
import pytest

from rejoinder.db import Database, new_id
from rejoinder.errors import Unauthenticated
from rejoinder.workspaces import store
from rejoinder.workspaces.model import Caller, Scope
from rejoinder.workspaces.tokens import Tokens, issue

SCOPES: tuple[Scope, ...] = get_args(Scope)


async def test_a_token_speaks_for_its_workspace_alone(db: Database, workspace_id: UUID) -> None:
    async with db.transaction(workspace_id) as tx:
        token = await issue(tx, "till", "operate")
    caller = await Tokens(db).caller(token)
    assert (caller.workspace_id, caller.scope) == (workspace_id, "operate")
    assert await Tokens(db).caller(token) == caller


async def test_no_token_can_be_read_from_the_database(db: Database, workspace_id: UUID) -> None:
    async with db.transaction(workspace_id) as tx:
        token = await issue(tx, "till", "admin")
        row = await tx.connection.fetchval(
            "SELECT t::text FROM api_tokens t WHERE workspace_id = $1", workspace_id
        )
    assert token not in row
    assert token.rpartition("_")[2] not in row
    assert len(token) >= 43 + len("rj_admin_")  # 256 bits


@pytest.mark.parametrize("token", ["", " ", "rj_admin_", "\0", "x" * 100_000])
async def test_what_is_no_token_is_refused(db: Database, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await Tokens(db).caller(token)


async def test_a_revoked_token_is_refused_where_it_was_not_just_seen(
    db: Database, workspace_id: UUID
) -> None:
    async with db.transaction(workspace_id) as tx:
        revoked, kept = await issue(tx, "old", "ingest"), await issue(tx, "new", "ingest")
        await store.revoke_tokens_named(tx, "old")
    with pytest.raises(Unauthenticated):
        await Tokens(db).caller(revoked)
    assert (await Tokens(db).caller(kept)).workspace_id == workspace_id


async def test_one_workspace_can_not_revoke_anothers(db: Database, workspace_id: UUID) -> None:
    async with db.transaction(workspace_id) as tx:
        token = await issue(tx, "till", "ingest")
    stranger = new_id()
    async with db.maintenance() as maintenance:
        await store.add(maintenance, stranger, f"t-{stranger}", "Next door")
    async with db.transaction(stranger) as tx:
        await store.revoke_tokens_named(tx, "till")
    assert (await Tokens(db).caller(token)).workspace_id == workspace_id


@pytest.mark.parametrize(("has", "needs"), list(product(SCOPES, SCOPES)))
def test_a_wider_scope_holds_the_narrower(has: Scope, needs: Scope) -> None:
    caller = Caller(new_id(), new_id(), has)
    assert caller.may(needs) == (SCOPES.index(has) >= SCOPES.index(needs))


@pytest.mark.parametrize("slug", ["", "-a", "A", "a b", "a\n", "x" * 64])
async def test_a_slug_that_is_no_slug_is_refused(db: Database, slug: str) -> None:
    async with db.maintenance() as maintenance:
        with pytest.raises(asyncpg.CheckViolationError):
            await store.add(maintenance, new_id(), slug, "Odd")


async def test_a_slug_is_taken_once(db: Database) -> None:
    first, second = new_id(), new_id()
    slug = f"t-{first}"
    async with db.maintenance() as maintenance:
        await store.add(maintenance, first, slug, "First")
        await store.add(maintenance, second, slug, "Second")
        found = await store.by_slug(maintenance, slug)
    assert found
    assert (found.workspace_id, found.name) == (first, "First")
