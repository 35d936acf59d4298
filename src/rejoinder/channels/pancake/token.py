"""The access token of a Pancake channel, as it is stored."""

from __future__ import annotations

from pydantic_core import from_json, to_json

from rejoinder.secrets.vault import Vault


def seal(access_token: str, vault: Vault) -> bytes:
    """Sealed, as `channels.credentials` holds it."""
    return vault.seal(to_json({"access_token": access_token}).decode())


def unseal(sealed: bytes, vault: Vault) -> str:
    """What `seal` was given. Raises Setup when no key opens it."""
    access_token: str = from_json(vault.open(sealed))["access_token"]
    return access_token
