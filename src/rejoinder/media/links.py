"""Addresses of files that work for a while and for whoever has them: signed, so that nobody makes one up."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from rejoinder.errors import Forbidden
from rejoinder.secrets import Keys, derive_each

FOR_OPERATORS_S = 15 * 60
"""Long enough to look at a file, or to listen to it, on the page that asked for the address."""

FOR_PLATFORMS_S = 24 * 3600
"""Platforms fetch what they are sent at once, and some again for each device that shows it."""

_PURPOSE = "addresses of media"
_LATEST = 2**40
"""The year 36812: a later end is no number that anybody signed."""


class Links:
    """Makes addresses and knows its own. `public_url` is where customers' platforms reach this server, if they can."""

    def __init__(self, keys: Keys, public_url: str | None) -> None:
        self._keys: Sequence[bytes] = derive_each(keys, _PURPOSE)
        self.public_url = public_url.rstrip("/") if public_url else None

    def path(self, workspace_id: UUID, media_id: UUID, now: int, ttl_s: int) -> tuple[str, int]:
        """(path with its query, end): good for `ttl_s` seconds from `now` (Unix seconds)."""
        expires = now + ttl_s
        signature = _sign(self._keys[0], workspace_id, media_id, expires)
        query = {"workspace": str(workspace_id), "expires": expires, "signature": signature}
        return f"/media/{media_id}?{urlencode(query)}", expires

    def check(
        self, workspace_id: UUID, media_id: UUID, expires: int, signature: str, now: int
    ) -> None:
        """Raises Forbidden for an address that is not ours, was changed, or has come to its end."""
        given = signature.encode("utf-8", "replace")
        ours = [
            hmac.compare_digest(given, _sign(key, workspace_id, media_id, expires).encode())
            for key in self._keys
        ]
        if not any(ours) or not 0 <= expires < _LATEST:
            raise Forbidden(
                "This address is not one that was given out here.",
                mend="Ask GET /api/v1/media/{media_id} for a new one.",
                code="media_link_wrong",
            )
        if now >= expires:
            raise Forbidden(
                "This address has come to its end.",
                mend="Ask GET /api/v1/media/{media_id} for a new one.",
                code="media_link_expired",
            )


def _sign(key: bytes, workspace_id: UUID, media_id: UUID, expires: int) -> str:
    what = f"{workspace_id}/{media_id}/{expires}".encode()
    return urlsafe_b64encode(hmac.digest(key, what, hashlib.sha256)).rstrip(b"=").decode()
