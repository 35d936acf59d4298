"""Who posted a webhook: `X-Hub-Signature-256` over the raw body.

Source: Meta, "Webhooks: Validating payloads"; checked against a delivery that Meta signed. Meta signs the JSON with
non-ASCII escaped, so a body that was read and written again fails exactly on accents and emoji: only raw bytes count.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from rejoinder.channels.port.adapter import BadSignature

HEADER = "x-hub-signature-256"

_FORM = re.compile(r"sha256=[0-9a-f]{64}")


def signed(app_secret: str, body: bytes) -> str:
    """The header's value for a body: `sha256=` and the HMAC-SHA256 in hexadecimal, with the app's secret as key."""
    return f"sha256={hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()}"


def check(app_secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Check a body's signature in constant time; header names in lower case. Raises BadSignature."""
    given = headers.get(HEADER)
    if not given:
        raise BadSignature(f"the header {HEADER} is missing", "missing")
    if not _FORM.fullmatch(given):
        raise BadSignature(
            f"the header {HEADER} is not sha256= and 64 lowercase hexadecimal digits", "malformed"
        )
    if not app_secret:
        raise BadSignature("this channel has no app secret to check it with")
    if not hmac.compare_digest(signed(app_secret, body), given):
        raise BadSignature("the signature is another body's, or made with another app secret")
