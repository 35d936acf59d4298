"""Credentials at rest, after the secret key was rotated: sealed anew, or counted by the key that opens them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from rejoinder.bots import store
from rejoinder.db import Database
from rejoinder.errors import Setup
from rejoinder.secrets.vault import Vault

_AT_ONCE = 200


@asynccontextmanager
async def keys_at_rest(db: Database) -> AsyncIterator[None]:
    """While this lasts nothing is sealed but by the caller: channels can't be made or changed.

    Raises Setup when someone else does the same.
    """
    session = await db.session("rejoinder secrets")
    try:
        try:
            await store.changing_keys(session)
        except asyncpg.LockNotAvailableError:
            raise Setup(
                "Another rotation of the keys is running, or a channel is being changed.",
                mend="Wait until it has ended, then run this again.",
                code="keys_held",
            ) from None
        yield
    finally:
        await session.close()


async def reseal(db: Database, vault: Vault) -> int:
    """Seal with the newest key what another has sealed; how many. Run twice, or while channels change: no harm.

    Raises Setup at the first one that no key opens; those before it are done.
    """
    done = 0
    async for workspace_id, channel_id, credentials in _all(db):
        if vault.key_of(credentials) == 0:
            continue
        anew = vault.seal(vault.open(credentials))
        async with db.transaction(workspace_id) as tx:
            done += await store.reseal(tx, channel_id, credentials, anew)
    return done


async def by_key(db: Database, vault: Vault) -> Counter[int | None]:
    """How many credentials each key has sealed: 0 is the newest, None are those that no key opens."""
    return Counter([vault.key_of(credentials) async for _, _, credentials in _all(db)])


async def _all(db: Database) -> AsyncIterator[tuple[UUID, UUID, bytes]]:
    after = UUID(int=0)
    while True:
        async with db.maintenance() as maintenance:
            found = await store.sealed(maintenance, after, _AT_ONCE)
        for one in found:
            yield one
        if len(found) < _AT_ONCE:
            return
        after = found[-1][1]
