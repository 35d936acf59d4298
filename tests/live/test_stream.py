"""What is being written stands between the events of a stream, and never behind the end of its turn."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from rejoinder.db import new_id
from rejoinder.events.model import Event, EventType
from rejoinder.live.preview import preview
from rejoinder.live.stream import Running

ENDS: list[EventType] = [
    *("turn.committed", "turn.superseded", "turn.cancelled", "turn.failed", "turn.expired"),
    *("turn.retried", "conversation.handed_off", "conversation.closed"),
]


def told(kind: EventType, turn: UUID | None = None) -> Event:
    data = {"turn_id": str(turn)} if turn else {}
    return Event(new_id(), 1, kind, {**data}, datetime.now(UTC))


def writing(turn: UUID, fence: int) -> str:
    return preview(turn, fence, "We open at nine.").decode()


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_written_behind_the_end(end: EventType) -> None:
    turn, running = new_id(), Running()
    running.saw(told("turn.started", turn))
    assert running.writes(writing(turn, 1))
    assert running.writes(writing(turn, 1))
    running.saw(told(end, turn if end.startswith("turn.") else None))
    assert not running.writes(writing(turn, 1))
    assert running.writes(writing(new_id(), 2))


def test_another_try_is_shown_and_the_one_before_is_not() -> None:
    turn, running = new_id(), Running()
    assert running.writes(writing(turn, 1)), "a watcher may come in the middle"
    running.saw(told("turn.retried", turn))
    running.saw(told("turn.started", turn))
    assert running.writes(writing(turn, 2))
    assert not running.writes(writing(turn, 1))
    running.saw(told("turn.committed", turn))
    assert not running.writes(writing(turn, 2))


def test_a_turn_that_nobody_saw_end_is_behind_a_newer() -> None:
    running = Running()
    older, newer = new_id(), new_id()
    assert running.writes(writing(newer, 5))
    assert not running.writes(writing(older, 4))
