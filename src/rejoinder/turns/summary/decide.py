"""When a conversation is summarised anew, and up to which message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

AT_ONCE = 200
"""Messages that one call reads at most; the rest is the next one's."""

Item = TypeVar("Item")


def due(unsummarised: int, history_messages: int) -> bool:
    """Whether so many messages that no summary tells of fill the window. Never for a bot that reads no history."""
    return 0 < history_messages <= unsummarised


def kept(history_messages: int) -> int:
    """How many of the newest messages a summary leaves to the window: half, so that none falls between the two."""
    return history_messages // 2


def older(unsummarised: Sequence[Item], history_messages: int) -> Sequence[Item]:
    """Of the messages no summary tells of, oldest first, those to summarise; none while all are in the window."""
    if history_messages <= 0 or len(unsummarised) <= history_messages:
        return ()
    return unsummarised[: len(unsummarised) - kept(history_messages)]
