"""Places to send from are shared out: never too many, each conversation waits once, nobody takes them all."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.outbound.sending.backlog import Backlog, Key

A, B = UUID(int=1), UUID(int=2)


def test_one_workspace_leaves_a_quarter_of_the_places_to_others() -> None:
    backlog = Backlog(slots=4, most=100)
    assert [backlog.enter((A, UUID(int=n))) for n in range(5)] == [True, True, True, False, False]
    assert backlog.enter((B, UUID(int=0)))
    assert backlog.leave(A) == (A, UUID(int=3))


def test_who_waits_takes_turns_with_others() -> None:
    backlog = Backlog(slots=1, most=100)
    backlog.enter((A, UUID(int=0)))
    for number in (1, 2):
        backlog.enter((A, UUID(int=number)))
        backlog.enter((B, UUID(int=number)))
    taken: list[Key | None] = [(A, UUID(int=0))]
    while taken[-1]:
        taken.append(backlog.leave(taken[-1][0]))
    assert [key[0] for key in taken if key] == [A, A, B, A, B]


def test_beyond_the_most_nobody_is_kept() -> None:
    backlog = Backlog(slots=1, most=2)
    for number in range(5):
        backlog.enter((A, UUID(int=number)))
    assert backlog.clear() == [(A, UUID(int=1)), (A, UUID(int=2))]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.integers(1, 4))), st.integers(1, 9))
def test_places_are_never_overdrawn_nor_left_empty(
    steps: list[tuple[bool, int, int]], slots: int
) -> None:
    backlog = Backlog(slots, most=1000)
    busy: list[UUID] = []
    waiting: set[Key] = set()
    for enters, workspace, conversation in steps:
        key = (UUID(int=workspace), UUID(int=conversation))
        if enters and backlog.enter(key):
            busy.append(key[0])
        elif enters:
            waiting.add(key)
        elif busy:
            following = backlog.leave(busy.pop(0))
            if following:
                assert following in waiting
                waiting.remove(following)
                busy.append(following[0])
        share = max(1, slots - slots // 4)
        assert len(busy) <= slots
        assert all(busy.count(each) <= share for each in busy)
        if len(busy) < slots:
            assert all(busy.count(each[0]) == share for each in waiting)
    assert set(backlog.clear()) == waiting
