"""A message gets its answer: the one it has, or one that is made now."""

from __future__ import annotations

from uuid import UUID

from rejoinder.api.processing.model import Means, ProcessingView, understood
from rejoinder.conversations import store as records
from rejoinder.conversations.model import Message
from rejoinder.errors import Conflict
from rejoinder.inbound.rest.wait import await_outcome, look_up
from rejoinder.turns.hands.replay import answer_again
from rejoinder.turns.outcome.read import Outcome

BY = "the processing API"


async def responded(
    means: Means, workspace_id: UUID, message: Message
) -> tuple[ProcessingView, bool]:
    """The answer, and whether it is still to come. One that was given is never given twice.

    Raises Conflict when a person holds the conversation.
    """
    found = await look_up(means.db, workspace_id, message.message_id)
    if found.status == "failed" or (found.status == "handed_off" and not found.replies):
        try:
            await answer_again(means.db, workspace_id, message.message_id, BY)
        except Conflict as refused:
            if refused.code != "message_answered":  # else another caller was first
                raise
        found = await look_up(means.db, workspace_id, message.message_id)
    if found.status == "pending":
        found = await await_outcome(
            means.db,
            means.bus,
            workspace_id,
            message.conversation_id,
            message.message_id,
            means.most,
        )
    if found.answered_by is not None:  # together with a later message, which has the replies
        found = await look_up(means.db, workspace_id, found.answered_by)
    return await _view(means, workspace_id, found), found.status == "pending"


async def _view(means: Means, workspace_id: UUID, found: Outcome) -> ProcessingView:
    async with means.db.read(workspace_id) as read:
        told = await records.classified(read, found.message_id)
    calls_people = found.status in ("handed_off", "failed")
    errors = {
        "failed": f"AI response generation failed: {found.reason}",
        "pending": "The message is still being answered",
    }
    return ProcessingView.model_validate(
        {
            **understood(told or {}),
            "success": found.status not in errors,
            "response_text": "\n\n".join(reply.text for reply in found.replies) or None,
            "response_type": found.replies[0].kind if found.replies else "text",
            "response_metadata": {
                "status": found.status,
                "turn_id": str(found.turn_id) if found.turn_id else None,
                "provider": found.provider,
                "model": found.model,
                "reply_ids": [str(reply.message_id) for reply in found.replies],
            },
            "should_escalate": calls_people,
            "escalation_reason": found.reason if calls_people else None,
            "error": errors.get(found.status),
        }
    )
