"""The secret a REST channel signs its callbacks with, and for a day the one before it."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic_core import from_json, to_json

from rejoinder.errors import Invalid
from rejoinder.secrets.vault import Vault

PREFIX = "whsec_"
OVERLAP = timedelta(days=1)
"""A receiver has this long to learn of a new secret: until then both sign."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """`current` signs, and so does `previous` until `until`. Each is `whsec_` and base64 of 24 to 64 bytes."""

    current: str
    previous: str | None = None
    until: datetime | None = None

    def signing(self, now: datetime) -> list[str]:
        """The secrets that sign at `now`, the current one first."""
        also = self.previous and self.until and now < self.until
        return [self.current, self.previous] if also and self.previous else [self.current]

    def replaced(self, new: str, now: datetime) -> SigningSecret:
        """`new` in front, the current one kept for OVERLAP."""
        return SigningSecret(new, self.current, now + OVERLAP)

    def seal(self, vault: Vault) -> bytes:
        """As it is stored."""
        stored = {
            "signing_secret": self.current,
            "previous_secret": self.previous,
            "previous_until": self.until,
        }
        return vault.seal(to_json(stored).decode())

    @classmethod
    def unseal(cls, sealed: bytes, vault: Vault) -> SigningSecret:
        """What `seal` made. Raises Setup when no key opens it."""
        stored = from_json(vault.open(sealed))
        until = stored["previous_until"]
        return cls(
            stored["signing_secret"],
            stored["previous_secret"],
            datetime.fromisoformat(until) if until else None,
        )

    def __repr__(self) -> str:
        return "SigningSecret(…)"


def new_secret() -> str:
    """32 random bytes in Standard Webhooks' form."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def check_secret(given: str) -> str:
    """A secret the caller brings. Raises Invalid unless it is `whsec_` and base64 of 24 to 64 bytes."""
    try:
        raw = b64decode(given.removeprefix(PREFIX), validate=True)
    except (Error, ValueError):
        raw = b""
    if not given.startswith(PREFIX) or not 24 <= len(raw) <= 64:
        raise Invalid(
            "The signing secret is not in Standard Webhooks' form.",
            mend="Write whsec_ and the base64 of 24 to 64 random bytes, or leave it out: one is made for you.",
            where="credentials.signing_secret",
        )
    return given
