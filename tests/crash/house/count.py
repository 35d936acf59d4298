"""What the receiver got, held against what customers said. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tests.crash.house.model import thread_of
from tests.crash.house.receiver import Post


@dataclass(frozen=True, slots=True)
class Counted:
    """Messages (by their text) and replies (by their id) that broke the promise, and how much there was."""

    messages: int
    replies: int
    repeated: int
    """Posts of an id that had come before; a receiver that honours it does not show them."""
    fallbacks: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    out_of_order: tuple[str, ...]
    misquoted: tuple[str, ...]

    @property
    def broken(self) -> dict[str, tuple[str, ...]]:
        """What must be empty, where it is not."""
        kinds = ("lost", "doubled", "out_of_order", "misquoted")
        return {kind: found for kind in kinds if (found := getattr(self, kind))}


def count(
    said: Mapping[str, Sequence[str]],
    posts: Sequence[Post],
    *,
    honours: bool,
    excused: Collection[str] = (),
    delayed: Collection[str] = (),
) -> Counted:
    """Each message is covered by one reply, in the order it was said.

    `said` are the messages of each thread, in order. A receiver that `honours` the id shows the first post of each.
    `excused` are messages that need no reply: the ledger says that a person was told. `delayed` are those whose reply
    was of unknown fate for a while: later replies did not wait for it, and it may come after them.
    """
    first = {post.webhook_id: post for post in reversed(posts)}
    shown = [first[each] for each in dict.fromkeys(post.webhook_id for post in posts)]
    read = shown if honours else list(posts)
    covered = Counter(token for post in read for token in covers(post))
    known = {token for tokens in said.values() for token in tokens}
    return Counted(
        messages=len(known),
        replies=len(shown),
        repeated=len(posts) - len(shown),
        fallbacks=sum(post.sender_type == "system" for post in shown),
        lost=tuple(sorted(known - covered.keys() - set(excused))),
        doubled=tuple(sorted(token for token, times in covered.items() if times > 1)),
        out_of_order=tuple(
            token
            for thread, tokens in said.items()
            for token in _late(thread, tokens, shown)
            if token not in delayed
        ),
        misquoted=tuple(
            post.webhook_id
            for post in posts
            if post != first[post.webhook_id] or not _true(post, known)
        ),
    )


def covers(post: Post) -> tuple[str, ...]:
    """The messages a reply answers: those it quotes; the fallback text quotes none, there we take our word for it."""
    if post.sender_type == "system":
        return post.answers
    return tuple(post.text.removeprefix("Read: ").split(" | "))


def _late(thread: str, tokens: Sequence[str], shown: Sequence[Post]) -> list[str]:
    """Messages whose reply came after that of a later message."""
    order = {token: at for at, token in enumerate(tokens)}
    newest, late = -1, []
    for post in shown:
        if post.thread != thread:
            continue
        for token in covers(post):
            at = order.get(token, newest)
            if at < newest:
                late.append(token)
            newest = max(newest, at)
    return late


def _true(post: Post, known: Collection[str]) -> bool:
    """It covers what it says it answers: messages of its own thread."""
    return (
        bool(post.answers)
        and covers(post) == post.answers
        and all(token in known and thread_of(token) == post.thread for token in post.answers)
    )
