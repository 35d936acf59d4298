"""Our own webhook bodies, beside this file, and the real ones that REJOINDER_CHANNEL_DATA names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rejoinder.channels.port.event import InboundEvent
from rejoinder.channels.whatsapp_cloud.parse.body import parse

FOLDER = Path(__file__).parent / "payloads"


def body(name: str) -> bytes:
    """One of our own bodies."""
    return (FOLDER / f"{name}.json").read_bytes()


def events(name: str) -> list[InboundEvent]:
    """Its events."""
    return parse(body(name))


def event(name: str) -> InboundEvent:
    """Its only event."""
    (found,) = events(name)
    return found


def collected(folder: str) -> Path:
    """A folder of the collected data; skips the test where there is none."""
    root = os.environ.get("REJOINDER_CHANNEL_DATA")
    found = Path(root or "nowhere") / folder
    if not found.exists():
        pytest.skip(
            "set REJOINDER_CHANNEL_DATA to the folder with samples/ and vectors/ of real platforms"
        )
    return found
