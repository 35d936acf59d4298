"""How large a file of each kind may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rejoinder.errors import Setup

MIB: Final = 1024 * 1024

USUAL: Final[Mapping[str, int]] = {
    "image": 20 * MIB,
    "sticker": 2 * MIB,
    "audio": 25 * MIB,
    "video": 100 * MIB,
    "document": 100 * MIB,
}
"""What WhatsApp, LINE and Telegram let customers send fits (their pages on media, 2026): 100 MB for a document."""


def limits(setting: str | None) -> dict[str, int]:
    """REJOINDER_MEDIA_LIMITS, `image=10,video=50` in MiB, over what is usual; bytes by kind. Raises Setup."""
    found = dict(USUAL)
    for part in filter(None, (each.strip() for each in (setting or "").split(","))):
        kind, _, number = (each.strip() for each in part.partition("="))
        if kind not in USUAL or not number.isdecimal() or not 0 < int(number) <= 2048:
            raise Setup(
                f"REJOINDER_MEDIA_LIMITS has {part!r}.",
                mend=f"Write KIND=MIB with commas between, MIB from 1 to 2048; the kinds are {', '.join(USUAL)}.",
                code="bad_media_limits",
            )
        found[kind] = int(number) * MIB
    return found
