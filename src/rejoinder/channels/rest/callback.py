"""Replies are posted to the channel's `callback_url`, signed as Standard Webhooks says.

Source: "Standard Webhooks", specification 1.0: the headers webhook-id, webhook-timestamp and webhook-signature over
`id.timestamp.body`; several signatures stand side by side while a secret is replaced; 2xx is success, 410 ends it,
redirects are not followed, 15 to 30 s are given for the answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from pydantic_core import to_json
from standardwebhooks import Webhook

from rejoinder.channels.port.outgoing import (
    NotTaken,
    Outgoing,
    Receipt,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.channels.rest.secret import SigningSecret
from rejoinder.errors import Setup
from rejoinder.net.guard import Forbidden, NotSent, Outward, Posted, Unanswered
from rejoinder.net.retry_after import retry_after
from rejoinder.secrets.vault import Vault

TIMEOUT_S = 15.0
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503


class Callback:
    """Sends for REST channels. A receiver knows a repeated webhook-id, unless its channel says that it doesn't."""

    kinds: ClassVar[frozenset[str] | None] = None
    """What it shows is its program's affair."""

    def __init__(self, out: Outward, vault: Vault) -> None:
        self._out = out
        self._vault = vault

    @staticmethod
    def knows_repeats(outgoing: Outgoing) -> bool:
        """Whether what was not answered may be sent again: the channel's setting `deduplicates`."""
        return outgoing.settings.get("deduplicates") is not False

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post one reply. The channel may have lost its callback since: then its callers fetch."""
        url = outgoing.settings.get("callback_url")
        if not isinstance(url, str):
            return Taken()
        if outgoing.credentials is None:
            return NotTaken("the channel has no signing secret")
        now = datetime.now(UTC)
        try:
            secrets = SigningSecret.unseal(outgoing.credentials, self._vault).signing(now)
        except Setup as unreadable:
            return NotTaken(str(unreadable))
        text, repeats = body(outgoing), self.knows_repeats(outgoing)
        signed = headers(str(outgoing.delivery_id), now, text, secrets)
        if not repeats:
            # On a kept connection that the other end is just closing a request would look as if its answer was lost.
            signed["Connection"] = "close"
        try:
            posted = await self._out.post(
                url,
                body=text,
                headers=signed,
                timeout=TIMEOUT_S,
                allow_private=outgoing.allow_private_networks,
            )
        except Forbidden as refused:
            return Refused(str(refused))
        except NotSent as failed:
            return NotTaken(str(failed))
        except Unanswered as lost:
            return NotTaken(str(lost)) if repeats else Unsure(str(lost))
        return _receipt(posted, repeats)


def body(outgoing: Outgoing) -> bytes:
    """The JSON that is posted, the same at every try: `docs/channels/rest.md` describes it."""
    return to_json(
        {
            "type": "message.sent",
            "timestamp": outgoing.received_at.isoformat(),
            "data": {
                "message_id": outgoing.message_id,
                "conversation_id": outgoing.conversation_id,
                "thread_key": outgoing.thread_key,
                "turn_id": outgoing.turn_id,
                "answers": outgoing.answers,
                "sender_type": outgoing.sender_type,
                "kind": outgoing.kind,
                "text": outgoing.text,
                "content": outgoing.content,
                "metadata": outgoing.metadata,
            },
        }
    )


def headers(delivery_id: str, now: datetime, body: bytes, secrets: list[str]) -> dict[str, str]:
    """Standard Webhooks' headers; `delivery_id` names the message at every try."""
    signatures = [Webhook(secret).sign(delivery_id, now, body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _receipt(posted: Posted, repeats: bool) -> Receipt:
    if 200 <= posted.status < 300:
        return Taken()
    error = f"the receiver answered {posted.status}"
    asked = retry_after(posted.headers, datetime.now(UTC))
    if posted.status == GONE:
        return Refused(f"{error}: it wants no more")
    if posted.status == TOO_MANY and asked is not None:
        return Throttled(error, asked)
    broke = posted.status >= 500 and posted.status != UNAVAILABLE
    if broke and not repeats:  # it was read, and may have been acted on before that went wrong
        return Unsure(error)
    return NotTaken(error, asked)
