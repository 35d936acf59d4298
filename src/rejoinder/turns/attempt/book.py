"""What an attempt's calls took goes into the ledger, whatever became of the turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rejoinder.db import AWAY, BUSY, Database, retry_away
from rejoinder.errors import Unavailable
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import MODEL_CALLS, MODEL_SECONDS, MODEL_TOKENS
from rejoinder.turns.attempt import store
from rejoinder.turns.model import Claimed
from rejoinder.usage import store as ledger
from rejoinder.usage.model import Call

# It may be all that is known of money spent: a restart of PostgreSQL must not lose it. Booked twice is booked once.
_PATIENCE_S = 60.0


async def book(db: Database, claimed: Claimed, calls: Sequence[Call]) -> None:
    """Book the calls of an attempt that committed nothing; they cost money all the same."""

    async def once() -> None:
        async with db.transaction(claimed.workspace_id) as tx:
            booked = calls
            if claimed.policy.overlap == "rollback":
                outcome = await store.outcome(tx, claimed.turn_id, claimed.fence)
                if outcome == "superseded":
                    booked = [replace(call, prompt="", response="", error="") for call in calls]
            spent = await ledger.book(
                tx, contact_id=claimed.contact_id, turn_id=claimed.turn_id, calls=booked
            )
            await store.add_spent(tx, claimed.turn_id, claimed.fence, spent)

    try:
        await retry_away(once, _PATIENCE_S)
    except (*AWAY, *BUSY, Unavailable) as away:
        log.warning("calls_not_booked", turn_id=str(claimed.turn_id), error=str(away))


def measure(calls: Sequence[Call]) -> None:
    """Count the calls in this process' metrics."""
    for call in calls:
        MODEL_CALLS.labels(call.provider, call.model, call.outcome).inc()
        MODEL_SECONDS.labels(call.provider, call.model).observe(call.seconds)
        MODEL_TOKENS.labels(call.provider, call.model, "input").inc(call.input_tokens)
        MODEL_TOKENS.labels(call.provider, call.model, "output").inc(call.output_tokens)
        MODEL_TOKENS.labels(call.provider, call.model, "cached").inc(call.cached_tokens)
