"""What became of a message, in the documents' words."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from rejoinder.api.reference.views import (
    STORAGE,
    Action,
    AIResponse,
    CurrentResult,
    EnhancedResult,
    NewerMessage,
    Status,
)
from rejoinder.turns.outcome import read as outcomes
from rejoinder.turns.outcome.read import Outcome
from rejoinder.turns.outcome.store import Answer, Said

RESULT = "pancake_result"
"""Where a reply's metadata holds what its receiver answered."""

_STATUS: dict[outcomes.Status, Status] = {
    "answered": "completed",
    "merged": "locked",
    "pending": "pending",
    "handed_off": "handed_off",
    "failed": "failed",
    "silent": "silent",
    "stored": "stored",
}
_TOLD = frozenset({"completed", "restart_needed", "handed_off", "failed"})
_ON_THE_WAY = frozenset({"queued", "sending"})
_ARRIVED = frozenset({"sent", "delivered", "read"})


def is_under_way(answer: Answer) -> bool:
    """Whether the end of a delivery is still to come."""
    return any(said.delivery in _ON_THE_WAY for said in answer.replies)


def locked(message_id: str) -> EnhancedResult:
    """Refused by a bot that takes no message while it makes an answer; nothing was stored."""
    return _result(message_id, "locked", reason="processing_in_progress")


def result(
    message_id: str, found: Outcome, answer: Answer | None, *, sends: bool
) -> EnhancedResult:
    """The outcome of a message; `sends` says whether its channel posts replies to anybody."""
    newer = answer.newer if answer else []
    status = _STATUS[found.status]
    if status == "completed" and newer:
        status = "restart_needed"
    told: dict[str, Any] = {}
    if status == "locked":
        told["reason"] = "merged"
        told["answered_by"] = answer.holder if answer else None
    elif status in ("pending", "handed_off", "failed", "silent"):
        told["turn_id"] = str(found.turn_id) if found.turn_id else None
        told["reason"] = found.reason
    if answer is not None and status in _TOLD:
        current = _current(found, answer, sends=sends)
        if status == "restart_needed":
            told["newer_messages"] = [
                NewerMessage(message_id=who, timestamp=at) for who, at in newer
            ]
            told["current_result"] = CurrentResult(**current)
        else:
            told |= current
    return _result(message_id, status, **told)


def _result(message_id: str, status: Status, **told: Any) -> EnhancedResult:
    # The lock is the conversation's row in PostgreSQL, whichever process of whichever host takes it.
    return EnhancedResult(
        status=status,
        message_id=message_id,
        storage_backend=STORAGE,
        distributed_lock_used=True,
        **told,
    )


def _current(found: Outcome, answer: Answer, *, sends: bool) -> dict[str, Any]:
    return {
        "ai_response": _ai_response(found, answer),
        "extracted_actions": _actions(found, answer),
        "pancake_result": pancake_result(answer, sends=sends),
    }


def _ai_response(found: Outcome, answer: Answer) -> AIResponse:
    told = answer.replies[0].metadata if answer.replies else {}
    understood = told.get("understanding")
    understood = understood if isinstance(understood, dict) else {}
    return AIResponse.model_validate(
        {
            "response_text": "\n\n".join(said.text for said in answer.replies) or None,
            "intent": understood.get("intent"),
            "confidence": understood.get("confidence"),
            "entities": understood.get("entities") or {},
            "processing_time_ms": told.get("processing_time_ms"),
            "model_used": told.get("model") or found.model,
        }
    )


def _actions(found: Outcome, answer: Answer) -> list[Action]:
    actions = [action for said in answer.replies for action in _actions_of(said)]
    hands_off = found.status in ("handed_off", "failed")
    if hands_off and not any(action.type == "transfer_to_agent" for action in actions):
        actions.append(Action(type="transfer_to_agent", data={"reason": found.reason}))
    return actions


def _actions_of(said: Said) -> list[Action]:
    kept = said.metadata.get("actions")
    if isinstance(kept, list) and kept:
        return [Action.model_validate(action) for action in kept]
    return [Action(type="send_message", data={"message": said.text})]


def pancake_result(answer: Answer, *, sends: bool) -> dict[str, JsonValue] | None:
    """What the receiver of the actions answered, over what is known of their delivery; None when nothing was said."""
    if not answer.replies:
        return None
    if not sends:
        return {"status": "not_configured", "actions_executed": 0}
    standing = next(
        (said for said in answer.replies if said.delivery not in _ARRIVED), answer.replies[-1]
    )
    ours: dict[str, JsonValue] = {
        "status": _standing(standing.delivery),
        "actions_executed": sum(
            len(_actions_of(said)) for said in answer.replies if said.delivery in _ARRIVED
        ),
    }
    if standing.error and standing.delivery not in _ARRIVED:
        ours["error"] = standing.error
    theirs = standing.metadata.get(RESULT)
    return ours | theirs if isinstance(theirs, dict) else ours


def _standing(delivery: str | None) -> str:
    if delivery in _ARRIVED:
        return "success"
    return "pending" if delivery in _ON_THE_WAY else delivery or "unknown"
