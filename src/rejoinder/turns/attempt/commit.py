"""An answer becomes fact: one transaction, the fence checked, everything in it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from rejoinder.actions.collect import Got
from rejoinder.conversations.contacts import store as contacts
from rejoinder.db import Database, retry_away
from rejoinder.errors import LostTurn
from rejoinder.turns import decide, store
from rejoinder.turns.attempt.conclude import conclude
from rejoinder.turns.model import Claimed, Verdict
from rejoinder.usage.model import Call

_PATIENCE_S = 10.0  # well within a lease


@dataclass(frozen=True, slots=True)
class Committed:
    """How the turn ended, how long its first message waited, and how many replies go out where.

    `sends` says that they are queued now, for this worker to send at once.
    """

    state: str
    waited: timedelta
    replies: int
    platform: str
    sends: bool


async def commit(
    db: Database,
    claimed: Claimed,
    verdict: Verdict,
    calls: Sequence[Call],
    newest_read: UUID | None,
) -> Committed:
    """Commit the turn. Raises LostTurn, and then nothing happened.

    The answer is paid for, so neither a lock held elsewhere nor a restart of PostgreSQL must cost another: it is tried
    again. Where the first try was committed unseen, the second finds the turn ended: the sweeper sends its replies.
    """

    async def once() -> Committed:
        async with db.transaction(claimed.workspace_id) as tx:
            if isinstance(verdict.collected, Got):  # what is known of the contact changes
                await contacts.lock(tx, claimed.contact_id)
            guard = await store.lock(tx, claimed.conversation_id)
            if guard is None or not decide.may_commit(guard, claimed.turn_id, claimed.fence):
                raise LostTurn("The turn was taken from this worker before it could commit.")
            replies = await conclude(
                tx, guard, claimed.turn_id, claimed.fence, verdict, calls, newest_read
            )
            waited = guard.now - claimed.first_unanswered_at
            return Committed(
                verdict.state, waited, replies, guard.platform, guard.sends and replies > 0
            )

    return await retry_away(once, _PATIENCE_S)
