"""What may be seen of a channel's credentials."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import from_json

from rejoinder.bots.model import Channel
from rejoinder.channels.port.adapter import Platform
from rejoinder.channels.registry import platform
from rejoinder.errors import Setup
from rejoinder.secrets.vault import Vault

_HIDDEN = "…"
_LONG = 16  # four signs of so many tell which token it is, and give nothing away


def masked(channel: Channel, vault: Vault) -> dict[str, str] | None:
    """By name: what is no secret whole, of a secret the last four signs at most. None when no key opens them.

    A channel that is no chat platform's shows none: its secrets are replaced, never compared.
    """
    adapter = adapter_of(channel)
    if adapter is None or channel.credentials is None:
        return {}
    try:
        opened: Mapping[str, str] = from_json(vault.open(channel.credentials))
    except (Setup, ValueError):
        return None
    open_ones = {each.name for each in adapter.credentials if not each.secret}
    return {
        name: value if name in open_ones else _mask(value) for name, value in sorted(opened.items())
    }


def adapter_of(channel: Channel) -> Platform | None:
    """The adapter of a chat platform's channel; None for others, and where its package is gone or broken."""
    try:
        return platform(channel.platform)
    except Setup:
        return None


def _mask(value: str) -> str:
    return _HIDDEN + value[-4:] if len(value) >= _LONG else _HIDDEN
