"""The secret a REST channel signs its callbacks with, and for a day those before it."""

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

MOST_FORMER = 4


@dataclass(frozen=True, slots=True)
class Former:
    """A secret that was replaced, and until when it signs as well."""

    secret: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """`current` signs, and so do the former ones for their day. Each is `whsec_` and base64 of 24 to 64 bytes."""

    current: str
    former: tuple[Former, ...] = ()

    def signing(self, now: datetime) -> list[str]:
        """The secrets that sign at `now`, the current one first."""
        return [self.current, *(each.secret for each in self.former if now < each.until)]

    def replaced(self, new: str, now: datetime) -> SigningSecret:
        """`new` in front; the current one signs for OVERLAP more, and former ones until their time.

        Whoever replaces it twice, not having seen the first answer, still has the one the receiver knows.
        """
        if new == self.current:
            return self
        kept = [each for each in self.former if now < each.until and each.secret != new]
        former = (Former(self.current, now + OVERLAP), *kept)
        return SigningSecret(new, former[:MOST_FORMER])

    def seal(self, vault: Vault) -> bytes:
        """As it is stored."""
        former = [{"secret": each.secret, "until": each.until} for each in self.former]
        return vault.seal(to_json({"signing_secret": self.current, "former": former}).decode())

    @classmethod
    def unseal(cls, sealed: bytes, vault: Vault) -> SigningSecret:
        """What `seal` made. Raises Setup when no key opens it."""
        stored = from_json(vault.open(sealed))
        former = (
            Former(each["secret"], datetime.fromisoformat(each["until"]))
            for each in stored["former"]
        )
        return cls(stored["signing_secret"], tuple(former))

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
