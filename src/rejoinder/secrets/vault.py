"""Credentials at rest: sealed by the newest key, opened by any that is still kept."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rejoinder.errors import Setup
from rejoinder.secrets.keys import Keys, derive, load_keys

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_PURPOSE = "credentials at rest"


class Vault:
    """Seals and opens with Fernet (AES-128-CBC and HMAC-SHA-256), under keys derived from the installation's.

    `load` reads those keys, newest first. It is asked again at each seal, and when none known opens what was sealed:
    they may have been rotated while this process ran.
    """

    def __init__(self, load: Callable[[], Keys]) -> None:
        self._load = load
        self._keys = load()

    def seal(self, text: str) -> bytes:
        """Encrypt and authenticate a text."""
        self._keys = self._load()
        return _fernet(self._keys[0]).encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text. Raises Setup when none of the keys has sealed it, or it was changed."""
        from cryptography.fernet import InvalidToken

        try:
            return _fernet(*self._keys).decrypt(sealed).decode()
        except InvalidToken:
            self._keys = self._load()
        try:
            return _fernet(*self._keys).decrypt(sealed).decode()
        except InvalidToken:
            raise Setup(
                "Stored credentials can't be opened: they were sealed with another secret key.",
                mend="Put the former key behind the present one: in REJOINDER_SECRET_KEY after a comma, or as a "
                "further line of the key file. `rejoinder secrets check` says what each opens.",
                code="sealed_by_another_key",
            ) from None

    def key_of(self, sealed: bytes) -> int | None:
        """Which key sealed it, 0 being the newest; None for none of them."""
        from cryptography.fernet import InvalidToken

        for number, key in enumerate(self._keys):
            with suppress(InvalidToken):
                _fernet(key).decrypt(sealed)
                return number
        return None

    def __repr__(self) -> str:
        return f"Vault({len(self._keys)} keys)"


def open_vault(configured: str | None, data: Path | None) -> Vault:
    """The vault under REJOINDER_SECRET_KEY (`configured`), or under the key file in `data`. Raises Setup."""
    return Vault(lambda: load_keys(configured, data))


@lru_cache(maxsize=16)
def _fernet(*keys: bytes) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # OpenSSL is not on the command line's way

    return MultiFernet([Fernet(urlsafe_b64encode(derive(key, _PURPOSE))) for key in keys])
