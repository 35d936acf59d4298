"""Meta asks a webhook's address whether it knows the verify token, each time that the address or the token is set."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from rejoinder.channels.port.adapter import BadSignature


def answer(verify_token: str, query: Mapping[str, str]) -> str:
    """The challenge to send back as plain text. Raises BadSignature for another token or another request.

    Source: Meta, "Create a webhook endpoint": GET with hub.mode=subscribe, hub.challenge and hub.verify_token.
    """
    if query.get("hub.mode") != "subscribe":
        raise BadSignature("it is no handshake: hub.mode is not `subscribe`", "malformed")
    given = query.get("hub.verify_token", "")
    if not given:
        raise BadSignature("the handshake has no hub.verify_token", "missing")
    if not verify_token or not hmac.compare_digest(given.encode(), verify_token.encode()):
        raise BadSignature("hub.verify_token is not this channel's verify token")
    challenge = query.get("hub.challenge", "")
    if not challenge:
        raise BadSignature("the handshake has no hub.challenge", "malformed")
    return challenge
