"""Where a channel's messages come in, and what is left to do for that in the vendor's console."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from rejoinder.channels.port.adapter import Platform
from rejoinder.channels.registry import POSTED


def webhook_url(base: str, platform: str, channel_id: UUID) -> str | None:
    """Where messages of the channel are handed in, under the address `base`; None for the chat page and Pancake."""
    base = base.rstrip("/")
    if platform == "rest":
        return f"{base}/api/v1/messages"
    if platform in POSTED or platform == "widget":
        return None
    return f"{base}/webhooks/{platform}/{channel_id}"


def next_steps(adapter: Platform, url: str, made: Mapping[str, str]) -> str:
    """What a person still does at the vendor's. A verify token is shown only if it was just made."""
    token = made.get("verify_token", "the verify token you gave")
    return adapter.setup.replace("{webhook_url}", url).replace("{verify_token}", token)


def is_reachable(public_url: str | None) -> bool:
    """Whether platforms take this for a webhook's address: they post to https only."""
    return public_url is not None and urlsplit(public_url).scheme == "https"
