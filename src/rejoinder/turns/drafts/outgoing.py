"""What a draft goes out as when a person sends it, in its own words or in theirs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from rejoinder.actions.model import (
    Action,
    CollectInfo,
    EndConversation,
    SendCarousel,
    SendQuickReplies,
)
from rejoinder.actions.parts import Ready, messages, ready
from rejoinder.actions.plan import Plan, plan
from rejoinder.channels.text.pack import Packed, packed
from rejoinder.conversations.content import Carousel, QuickReplies
from rejoinder.turns.drafts.model import Draft

Left: TypeAlias = Literal["send_quick_replies", "send_carousel", "collect_info", "end_conversation"]
"""The actions that a person may leave out."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The messages, and in `plan` what happens to the conversation behind them."""

    ready: tuple[Ready, ...]
    plan: Plan


def outgoing(
    platform: str, draft: Draft, text: str | None = None, without: Collection[Left] = ()
) -> Outgoing:
    """The draft as that platform's messages, without some of its actions; nothing where these were all.

    With a `text` of the person's own, that stands for its texts and is sent word by word: the replies to tap go with
    it, cards before it, and what is asked for is waited for, whether or not the text asks.
    """
    behind = _behind(draft, without)
    if text is None:
        said = [one for each in draft.messages for one in _as_drafted(platform, each, without)]
        return Outgoing(tuple(said), behind)
    own = plan(text, list(_shown(draft, without)))
    planned = replace(own, collect=behind.collect, end=behind.end)
    return Outgoing(tuple(messages(platform, planned)), planned)


def steps(draft: Draft) -> tuple[Action, ...]:
    """What sending the draft carries out beside its texts."""
    return (*(action for each in draft.messages for action in _carried(each)), *draft.behind)


def _behind(draft: Draft, without: Collection[Left]) -> Plan:
    left = [each for each in draft.behind if each.type not in without]
    return Plan(
        collect=next((each for each in left if isinstance(each, CollectInfo)), None),
        end=next((each for each in left if isinstance(each, EndConversation)), None),
    )


# A draft was packed for its platform when it was made.
def _as_drafted(platform: str, one: Packed, without: Collection[Left]) -> list[Ready]:
    match one.parts:
        case (QuickReplies(text=text),) if SendQuickReplies.type in without:
            return [ready(platform, each) for each in packed(platform, text)]
        case (Carousel(),) if SendCarousel.type in without:
            return []
    return [ready(platform, one, _carried(one))]


def _carried(one: Packed) -> tuple[Action, ...]:
    match one.parts:
        case (QuickReplies(text=text, options=options),):
            return (SendQuickReplies(text, options),)
        case (Carousel(cards=cards),):
            return (SendCarousel(cards),)
    return ()


def _shown(draft: Draft, without: Collection[Left]) -> Iterator[SendQuickReplies | SendCarousel]:
    parts = [part for each in draft.messages for part in each.parts]
    cards = tuple(card for each in parts if isinstance(each, Carousel) for card in each.cards)
    tapped = next((each for each in parts if isinstance(each, QuickReplies)), None)
    if cards and SendCarousel.type not in without:
        yield SendCarousel(cards)
    if tapped and SendQuickReplies.type not in without:
        yield SendQuickReplies("", tapped.options)
