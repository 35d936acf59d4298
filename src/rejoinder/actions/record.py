"""What a plan leaves behind: a row for each action."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import JsonValue

from rejoinder.actions.model import Action, CollectInfo, EndConversation
from rejoinder.actions.parts import Ready
from rejoinder.actions.plan import Plan
from rejoinder.actions.store import NewAction, Status
from rejoinder.db import new_id


def rows(
    plan: Plan, ready: Sequence[Ready], message_ids: Sequence[UUID], *, ends: bool = True
) -> list[NewAction]:
    """The rows of a plan whose messages `ready` are stored under `message_ids`.

    The plain reply has none: its delivery stands for it. A message that carries out two has one, for the last. `ends`
    says whether the conversation was closed, which it is not where the customer has written again by now.
    """
    said = [
        _said(one, one.actions[-1], message_id)
        for one, message_id in zip(ready, message_ids, strict=True)
        if one.actions
    ]
    return [*said, *(_behind(each, ends) for each in plan.behind)]


def _said(one: Ready, action: Action, message_id: UUID) -> NewAction:
    result: dict[str, JsonValue] | None = {"warnings": list(one.warnings)} if one.warnings else None
    return NewAction(new_id(), action.type, message_id, action.data(), "queued", result)


def _behind(action: Action, ends: bool) -> NewAction:
    status: Status = "done"
    result: dict[str, JsonValue] | None = None
    if isinstance(action, CollectInfo):
        status = "waiting"
    if isinstance(action, EndConversation) and not ends:
        status, result = "cancelled", {"why": "the customer has written again"}
    return NewAction(new_id(), action.type, None, action.data(), status, result)
