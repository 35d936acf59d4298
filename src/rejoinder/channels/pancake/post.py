"""Replies are posted to PANCAKE_BASE_URL, with what was understood and the actions to carry out.

Source: the Chat backend's description, "Send Actions to Pancake": the fields conversation_id, ai_response, actions,
timestamp, distributed_lock_id; its answer is the `pancake_result` of `POST /api/v1/enhanced-handle-message`. It names
no id that would tell a message sent twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from rejoinder.channels.pancake.token import unseal
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Outgoing,
    Receipt,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.errors import Setup
from rejoinder.net.guard import Forbidden, NotSent, Outward, Posted, Unanswered
from rejoinder.net.retry_after import retry_after
from rejoinder.secrets.vault import Vault

TIMEOUT_S = 15.0
RESULT = "pancake_result"
"""Where the message's metadata holds what was answered."""

_TOO_SLOW, _TOO_EARLY, _TOO_MANY, _UNAVAILABLE = 408, 425, 429, 503


class Pancake:
    """Sends for Pancake channels. It would take a repeated message for another, so what was not answered is unsure."""

    kinds: ClassVar[frozenset[str] | None] = frozenset({"text"})

    def __init__(self, out: Outward, vault: Vault) -> None:
        self._out = out
        self._vault = vault

    @staticmethod
    def knows_repeats(_outgoing: Outgoing) -> bool:
        """Never."""
        return False

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post one reply. The channel may have lost its address since: then its callers fetch."""
        url = outgoing.settings.get("base_url")
        if not isinstance(url, str):
            return Taken({RESULT: {}})
        try:
            token = unseal(outgoing.credentials, self._vault) if outgoing.credentials else None
        except Setup as unreadable:
            return NotTaken(str(unreadable))
        try:
            posted = await self._out.post(
                url,
                body=body(outgoing),
                headers=_headers(token),
                timeout=TIMEOUT_S,
                allow_private=True,  # the address is the operator's, from the environment
            )
        except Forbidden as refused:
            return Refused(str(refused))
        except NotSent as failed:
            return NotTaken(str(failed))
        except Unanswered as lost:
            return Unsure(str(lost))
        return _receipt(posted)


def body(outgoing: Outgoing) -> bytes:
    """The JSON that is posted, the same at every try: `docs/channels/pancake.md` describes it."""
    told = outgoing.metadata
    understood = told.get("understanding")
    understood = understood if isinstance(understood, dict) else {}
    said: list[JsonValue] = [{"type": "send_message", "data": {"message": outgoing.text}}]
    return to_json(
        {
            "conversation_id": outgoing.thread_key,
            "ai_response": {
                "response_text": outgoing.text,
                "intent": understood.get("intent"),
                "confidence": understood.get("confidence"),
                "entities": understood.get("entities") or {},
                "processing_time_ms": told.get("processing_time_ms"),
                "model_used": told.get("model"),
            },
            "actions": told.get("actions") or said,
            "timestamp": outgoing.received_at.timestamp(),
            "distributed_lock_id": outgoing.turn_id or outgoing.message_id,
        }
    )


def _headers(token: str | None) -> dict[str, str]:
    # On a kept connection that the other end is just closing a request would look as if its answer had been lost.
    headers = {"Content-Type": "application/json", "Connection": "close"}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _receipt(posted: Posted) -> Receipt:
    if 200 <= posted.status < 300:
        return Taken({RESULT: _answer(posted.body)})
    error = f"Pancake answered {posted.status}"
    asked = retry_after(posted.headers, datetime.now(UTC))
    status = posted.status
    if status in (401, 403):
        return BadCredential(f"{error}: it does not accept PANCAKE_ACCESS_TOKEN")
    if status == _TOO_MANY:
        return Throttled(error, asked)
    if (
        status >= 500 and status != _UNAVAILABLE
    ):  # it was read, and may have been acted on before that went wrong
        return Unsure(error)
    if status in (_TOO_SLOW, _TOO_EARLY, _UNAVAILABLE) or status < 400:
        return NotTaken(error, asked)
    return Refused(error)


def _answer(raw: bytes) -> dict[str, JsonValue]:
    try:
        answer = from_json(raw, allow_inf_nan=False)
    except ValueError:  # no JSON, or longer than what is read of it
        return {}
    return answer if isinstance(answer, dict) else {}
