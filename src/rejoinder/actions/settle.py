"""What came of the questions of a turn, into the actions' rows and what is known of the contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rejoinder.actions import store
from rejoinder.actions.collect import Again, Cancelled, Collecting, GaveUp, Got, Outcome, begin
from rejoinder.actions.model import CollectInfo
from rejoinder.actions.plan import Plan
from rejoinder.actions.store import NewAction
from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.db import Batch

ASKED_ANEW = "something else was asked for"
GIVEN_UP = "the conversation was handed over or ended"


def settle(
    batch: Batch,
    contact_id: UUID,
    outcome: Outcome | None,
    plan: Plan,
    rows: Sequence[NewAction],
    turn_id: UUID,
    now: datetime,
) -> Collecting | None:
    """Write what the customer's answer came to; returns the question that is open from now on, for the conversation.

    `rows` are those of the plan (actions.record). Conversation and, where the outcome is Got, contact are locked.
    """
    before = outcome.left if outcome else None
    asked = _asked(plan, rows, turn_id, now, before)
    match outcome:
        case Got(of=of, value=value):
            profile.attribute(batch, contact_id, of.field, value)
            store.finish(batch, of.action_id, "done", result={"value": value}, retries=of.tries - 1)
        case GaveUp(of=of, why=why):
            store.finish(batch, of.action_id, "failed", error=why, retries=of.tries - 1)
        case Cancelled(of=of, why=why):
            store.finish(batch, of.action_id, "cancelled", error=why, retries=of.tries - 1)
        case _ if before is not None and (asked is not None or plan.transfer or plan.end):
            why = ASKED_ANEW if asked else GIVEN_UP
            store.finish(batch, before.action_id, "cancelled", error=why, retries=before.tries - 1)
            before = None
        case Again(left=left):
            store.again(batch, left.action_id, left.tries - 1, "the answer was not valid")
    return asked or before


def _asked(
    plan: Plan,
    rows: Sequence[NewAction],
    turn_id: UUID,
    now: datetime,
    before: Collecting | None,
) -> Collecting | None:
    row = next((each for each in rows if each.action_type == CollectInfo.type), None)
    if plan.collect is None or row is None:
        return None
    return begin(plan.collect, row.action_id, turn_id, now, before)
