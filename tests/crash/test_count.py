"""The counting itself finds what is lost, doubled, late or misquoted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.crash.house.count import Counted, count
from tests.crash.house.receiver import Post

SAID = {"a": ["a.0", "a.1", "a.2"], "b": ["b.0"]}


def reply(webhook_id: str, *tokens: str, sender_type: str = "ai", text: str | None = None) -> Post:
    """A reply to these messages."""
    said = f"Read: {' | '.join(tokens)}" if text is None else text
    return Post(webhook_id, tokens[0].partition(".")[0], sender_type, said, tokens)


GOOD = [reply("1", "a.0", "a.1"), reply("2", "b.0"), reply("3", "a.2")]


def counted(*posts: Post, honours: bool = True) -> Counted:
    """What is found."""
    return count(SAID, posts, honours=honours)


def test_a_good_run() -> None:
    found = counted(*GOOD)
    assert found.broken == {}
    assert (found.messages, found.replies, found.repeated) == (4, 3, 0)


def test_what_is_sent_again_under_its_id_is_read_once_by_those_who_honour_it() -> None:
    posts = [GOOD[0], *GOOD]
    assert counted(*posts).broken == {}
    assert counted(*posts).repeated == 1
    assert counted(*posts, honours=False).broken == {"doubled": ("a.0", "a.1")}


def test_a_second_reply_is_seen() -> None:
    assert counted(*GOOD, reply("4", "b.0")).broken == {"doubled": ("b.0",)}


@given(st.integers(0, 2))
def test_a_lost_reply_is_seen(which: int) -> None:
    left = [post for at, post in enumerate(GOOD) if at != which]
    assert counted(*left).broken == {"lost": GOOD[which].answers}


def test_a_lost_message_that_people_know_of_is_none() -> None:
    assert count(SAID, GOOD[:2], honours=True, excused={"a.2"}).broken == {}


def test_an_overtaken_reply_is_seen() -> None:
    assert counted(GOOD[2], GOOD[1], GOOD[0]).broken == {"out_of_order": ("a.0", "a.1")}


def test_a_reply_of_unknown_fate_may_come_late_but_not_twice() -> None:
    late = [GOOD[2], GOOD[1], GOOD[0]]
    delayed = {"a.0", "a.1"}
    assert count(SAID, late, honours=False, delayed=delayed).broken == {}
    assert count(SAID, [*late, GOOD[0]], honours=False, delayed=delayed).broken == {
        "doubled": ("a.0", "a.1")
    }


def test_a_reply_that_came_first_and_again_later_is_in_order() -> None:
    assert counted(*GOOD, GOOD[0]).broken == {}


def test_a_fallback_answers_what_it_says_it_answers() -> None:
    fallback = reply("2", "b.0", sender_type="system", text="Later, please.")
    found = counted(GOOD[0], fallback, GOOD[2])
    assert found.broken == {}
    assert found.fallbacks == 1


def test_a_reply_to_other_messages_than_it_says_is_seen() -> None:
    wrong = Post("2", "b", "ai", "Read: b.0", ("b.1",))
    stray = Post("2", "a", "ai", "Read: b.0", ("b.0",))
    assert counted(GOOD[0], wrong, GOOD[2]).misquoted == ("2",)
    assert counted(GOOD[0], stray, GOOD[2]).misquoted == ("2",)


def test_an_id_that_names_two_replies_is_seen() -> None:
    assert counted(*GOOD, reply("1", "a.2")).misquoted == ("1",)
