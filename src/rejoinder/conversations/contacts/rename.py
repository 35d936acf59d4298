"""A customer, or a thread, is called otherwise from now on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from rejoinder.conversations.contacts import store
from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.contacts.resolve import Changed, resolve
from rejoinder.db import Database, retry_busy


async def rename(
    db: Database,
    workspace_id: UUID,
    channel_id: UUID,
    before: Sequence[Identity],
    now: Sequence[Identity],
) -> None:
    """Whoever had the names `before` has those of `now` instead; open conversations follow. Twice is as once.

    Of the names before, those of a kind that `now` has too are given up: a number may be another person's tomorrow. So
    may a new one have been another's, who keeps all but the name; a contact of today is the customer's own first
    message under it.
    """

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            known = {each.contact_id for each in await store.find(tx, channel_id, before)}
            others = [
                Identity(each.kind, each.value)
                for each in await store.find(tx, channel_id, now)
                if each.contact_id not in known and not each.fresh
            ]
            if others:
                await store.forget_names(tx, channel_id, others)
            await resolve(tx, channel_id, [*before, *now], None)
            kinds = {each.kind: each for each in now}
            given_up = [each for each in before if each.kind in kinds and each not in now]
            if given_up:
                await store.forget_names(tx, channel_id, given_up)
            for each in given_up:
                await store.follow(tx, channel_id, each.value, kinds[each.kind].value)

    await retry_busy(once, also=(asyncpg.UniqueViolationError, Changed))


async def move(db: Database, workspace_id: UUID, channel_id: UUID, thread: str, to: str) -> bool:
    """The thread's key is `to` from now on; False where that is taken, or there is no such thread."""

    async def once() -> bool:
        async with db.transaction(workspace_id) as tx:
            return await store.follow(tx, channel_id, thread, to)

    return await retry_busy(once, also=(asyncpg.UniqueViolationError,))
