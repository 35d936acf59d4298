"""The reply and the actions beside it, put in the order in which a customer is to read them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rejoinder.actions.model import (
    Action,
    CollectInfo,
    EndConversation,
    SendCarousel,
    SendMessage,
    SendQuickReplies,
    TransferToAgent,
)
from rejoinder.actions.read import same
from rejoinder.conversations.content import Carousel, Part, QuickReplies, Text
from rejoinder.conversations.written.words import in_words
from rejoinder.text.sentences import sentences
from rejoinder.text.words import words

ASKED = 0.6
"""Of a question's words in one sentence of the reply: it asks that already."""

_Kind = TypeVar(
    "_Kind", SendQuickReplies, SendCarousel, TransferToAgent, CollectInfo, EndConversation
)


@dataclass(frozen=True, slots=True)
class Say:
    """One thing to say, whatever its platform's limits; `actions` are those it carries out, none for the reply."""

    part: Part
    actions: tuple[Action, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether it is a text, with replies to tap or without."""
        return isinstance(self.part, Text | QuickReplies)

    @property
    def text(self) -> str:
        """The words of a text, without what is to be tapped; anything else in words."""
        return self.part.text if isinstance(self.part, Text | QuickReplies) else in_words(self.part)

    def with_text(self, text: str) -> Say:
        """The same in other words."""
        assert isinstance(self.part, Text | QuickReplies), "only words can be changed"
        actions = tuple(
            replace(each, text=text) if isinstance(each, SendQuickReplies) else each
            for each in self.actions
        )
        return Say(self.part.model_copy(update={"text": text}), actions)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an answer does: what is said, in order, and what happens to the conversation behind it."""

    messages: tuple[Say, ...] = ()
    transfer: TransferToAgent | None = None
    collect: CollectInfo | None = None
    end: EndConversation | None = None

    @property
    def words(self) -> str:
        """All that the customer would read, addresses of pictures among it: what is to be checked."""
        return "\n".join(line for each in self.messages for line in _read_in(each.part))

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is said as the content of one message, as drafts hold it."""
        return tuple(each.part for each in self.messages)

    @property
    def behind(self) -> tuple[Action, ...]:
        """The actions that say nothing themselves."""
        return tuple(each for each in (self.transfer, self.collect, self.end) if each is not None)


def plan(reply: str, actions: Sequence[Action]) -> Plan:
    """The reply and the actions of `read` as one plan.

    A text comes once. The question of `collect_info` ends the last text unless it is asked there already. Replies to
    tap belong to the last text, their own if they have one, and come last of all: platforms show them under the
    newest message only. Cards stand before that, behind the other texts.
    """
    quick, cards = _the(actions, SendQuickReplies), _the(actions, SendCarousel)
    collect = _the(actions, CollectInfo)
    says = _texts(reply, actions, quick)
    if collect:
        says = _asking(says, collect.question)
    tapped = [_tapped(says.pop(), quick)] if quick and says else []
    shown = [Say(Carousel(cards=cards.cards), (cards,))] if cards else []
    return Plan(
        (*says, *shown, *tapped),
        _the(actions, TransferToAgent),
        collect,
        _the(actions, EndConversation),
    )


def _texts(reply: str, actions: Sequence[Action], quick: SendQuickReplies | None) -> list[Say]:
    says = [Say(Text(text=reply.strip()))] if reply.strip() else []
    for each in actions:
        if isinstance(each, SendMessage) and not _said(says, each.text):
            says.append(Say(Text(text=each.text), (each,)))
    if quick and quick.text and not _said(says, quick.text):
        says.append(Say(Text(text=quick.text)))
    return says


def _said(says: Sequence[Say], text: str) -> bool:
    return any(same(each.text, text) for each in says)


def _asking(says: list[Say], question: str) -> list[Say]:
    if not says:
        return [Say(Text(text=question))]
    if any(asks(each.text, question) for each in says):
        return says
    last = says[-1]
    return [*says[:-1], last.with_text(f"{last.text}\n\n{question}")]


def asks(text: str, question: str) -> bool:
    """Whether the text asks the question already, in these words or most of them."""
    wanted = words(question)
    if not wanted or f" {' '.join(wanted)} " in f" {' '.join(words(text))} ":
        return True
    found = (set(words(each)) for each in sentences(text))
    return any(len(each & set(wanted)) >= ASKED * len(set(wanted)) for each in found)


def _tapped(last: Say, quick: SendQuickReplies) -> Say:
    part = QuickReplies(text=last.text, options=quick.options)
    return Say(part, (*last.actions, replace(quick, text=last.text)))


def _the(actions: Sequence[Action], kind: type[_Kind]) -> _Kind | None:
    return next((each for each in actions if isinstance(each, kind)), None)


def _read_in(part: Part) -> Iterator[str]:
    yield in_words(part)
    if isinstance(part, Carousel):
        yield from (card.image_url for card in part.cards if card.image_url)
