"""Whether a webhook comes from Telegram: it brings back the secret that it was given with our address.

Source: Bot API, setWebhook, `secret_token`. Neither the body nor a time is signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

from rejoinder.channels.port.adapter import BadSignature

HEADER: Final = "x-telegram-bot-api-secret-token"


def check(secret: str, headers: Mapping[str, str]) -> None:
    """Compare in constant time. Raises BadSignature."""
    given = headers.get(HEADER, "")
    if not given:
        raise BadSignature(f"the header {HEADER} is missing", "missing")
    if not secret:
        raise BadSignature("the channel has no secret token to compare with")
    ours, theirs = secret.encode(), given.encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(ours, theirs):
        raise BadSignature("the secret token is not the one that Telegram was given")
