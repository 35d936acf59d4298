"""Who posted a webhook: `x-line-signature` over the raw body.

Source: LINE Developers, "Verify webhook signature": base64 of the HMAC-SHA256, the channel secret being the key. It
signs no time, so nothing can be stale; a webhook that is posted again is known by its events' ids.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping

from rejoinder.channels.port.adapter import BadSignature

HEADER = "x-line-signature"


def signed(channel_secret: str, body: bytes) -> str:
    """The header's value for a body."""
    return base64.b64encode(_digest(channel_secret, body)).decode()


def check(channel_secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Check a body's signature in constant time; header names in lower case. Raises BadSignature."""
    given = headers.get(HEADER)
    if not given:
        raise BadSignature(f"the header {HEADER} is missing", "missing")
    if not channel_secret:
        raise BadSignature("this channel has no channel secret to check it with")
    try:
        digest = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):  # the second for what is not ASCII
        raise BadSignature(f"the header {HEADER} is not base64", "malformed") from None
    expected = _digest(channel_secret, body)
    if len(digest) != len(expected):
        raise BadSignature(f"the header {HEADER} is not the base64 of 32 bytes", "malformed")
    if not hmac.compare_digest(digest, expected):
        raise BadSignature("the signature is another body's, or made with another channel secret")


def _digest(channel_secret: str, body: bytes) -> bytes:
    return hmac.digest(channel_secret.encode(), body, "sha256")
