"""Bearer tokens: 256 random bits, stored as SHA-256, scoped and bound to a workspace."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from cachetools import TTLCache

from rejoinder.db import Database, Tx, new_id
from rejoinder.errors import Unauthenticated
from rejoinder.workspaces import store
from rejoinder.workspaces.model import Caller, Scope

_REMEMBERED_S = 5.0  # a revoked token may work this much longer in a process that has just seen it
_REMEMBERED = 10_000


async def issue(tx: Tx, name: str, scope: Scope) -> str:
    """Make a token and store its hash; the text is returned once and can't be read again."""
    token = f"rj_{scope}_{secrets.token_urlsafe(32)}"
    await store.add_token(tx, new_id(), name, scope, hashed(token))
    return token


class Tokens:
    """Looks tokens up and remembers the answer for 5 s, so that a busy caller costs no query each time.

    `given` are those of the environment, by what `hashed` makes of them: no row of the database stands for them.
    """

    def __init__(self, db: Database, given: Mapping[bytes, Caller] | None = None) -> None:
        self._db = db
        self._given = dict(given or {})
        self._known: TTLCache[bytes, Caller] = TTLCache(_REMEMBERED, _REMEMBERED_S)

    async def caller(self, token: str) -> Caller:
        """Whom the token speaks for. Raises Unauthenticated."""
        digest = hashed(token)
        known = self._given.get(digest) or self._known.get(digest)
        if known is not None:
            return known
        async with self._db.maintenance() as maintenance:
            caller = await store.caller_by_hash(maintenance, digest)
        if caller is None:
            raise Unauthenticated(
                "This token is unknown or revoked.", mend="`rejoinder token` prints one that works."
            )
        self._known[digest] = caller
        return caller


def hashed(token: str) -> bytes:
    """SHA-256 of a token: all that is kept of it."""
    return hashlib.sha256(token.encode()).digest()
