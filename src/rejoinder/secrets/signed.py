"""Small signed tokens: claims that anyone may read and only the holder of the key can make."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence

from rejoinder.errors import Unauthenticated

_LONGEST = 4096  # characters, what browsers grant a cookie (RFC 6265, 6.1)


def sign(key: bytes, claims: Mapping[str, str], now: int, ttl_s: int) -> str:
    """A token of URL-safe ASCII carrying `claims`, good for `ttl_s` from `now` (Unix seconds)."""
    body = json.dumps([now + ttl_s, dict(claims)], separators=(",", ":"))
    payload = _text(body.encode())
    return f"{payload}.{_mac(key, payload)}"


def verify(keys: Sequence[bytes], token: str, now: int) -> dict[str, str]:
    """The claims of a token made by `sign` with one of the keys.

    Raises Unauthenticated when a character was changed, the key is none of them, or `now` (Unix
    seconds) has reached its end. The signature is compared in its written form, in constant time:
    base64 has several spellings of one value, and only ours passes.
    """
    payload, _, mac = token.partition(".")
    well_formed = len(token) <= _LONGEST and token.isascii()
    if not well_formed or not any(
        hmac.compare_digest(mac.encode(), _mac(key, payload).encode()) for key in keys
    ):
        raise Unauthenticated("The token's signature is not valid.", mend="Ask for a new one.")
    expires, claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if now >= expires:
        raise Unauthenticated("The token has expired.", mend="Ask for a new one.")
    return dict(claims)


def _mac(key: bytes, payload: str) -> str:
    return _text(hmac.digest(key, payload.encode(), hashlib.sha256))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
