"""A channel's credentials: a sealed JSON object of texts, opened when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from rejoinder.channels.port.adapter import Account
from rejoinder.secrets.vault import Vault


def sealed(credentials: Mapping[str, str], vault: Vault) -> bytes:
    """As `channels.credentials` holds them."""
    return vault.seal(to_json(dict(credentials)).decode())


def opened(
    vault: Vault,
    channel_id: UUID,
    settings: Mapping[str, JsonValue],
    credentials: bytes | None,
    *,
    allow_private_networks: bool,
    account: str | None,
) -> Account:
    """The account of a chat platform's channel. Raises Setup when no key opens its credentials."""
    return Account(
        channel_id=channel_id,
        settings=settings,
        credentials=from_json(vault.open(credentials)) if credentials is not None else {},
        allow_private_networks=allow_private_networks,
        account=account,
    )
