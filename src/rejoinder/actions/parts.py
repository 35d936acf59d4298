"""A plan as the messages that its platform takes: by the same packing as what a person writes. Pure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from rejoinder.actions.model import Action, SendCarousel, SendMessage, SendQuickReplies, told
from rejoinder.actions.plan import Plan, Say
from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.registry import platform
from rejoinder.channels.text.pack import Packed, packed
from rejoinder.channels.text.shown import warnings
from rejoinder.channels.text.split import count, split
from rejoinder.conversations.content import Card, Carousel, Part, QuickReplies, Text
from rejoinder.conversations.written.parts import Written
from rejoinder.conversations.written.words import in_words

FILLED = 0.75
"""Of the longest text, by what is to be tapped in words; WhatsApp names a card again at each of its addresses."""

_BOUNDLESS = Limits(text=sys.maxsize)


@dataclass(frozen=True, slots=True)
class Ready:
    """One message on its way out; `actions` are those it carries out, none where it only goes on with a text.

    `warnings` say what its platform has no form of its own for.
    """

    packed: Packed
    actions: tuple[Action, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Of the message."""
        return self.packed.parts[0].kind if self.packed.parts else "text"

    @property
    def text(self) -> str:
        """All of it in words."""
        return self.packed.text


def parts(action: Action) -> tuple[Part, ...]:
    """What one action says by itself; nothing for those that say nothing."""
    match action:
        case SendMessage(text=text):
            return (Text(text=text),)
        case SendQuickReplies(text=text, options=options):
            return (QuickReplies(text=text, options=options),)
        case SendCarousel(cards=cards):
            return (Carousel(cards=cards),)
    return ()


def messages(platform_name: str, plan: Plan) -> list[Ready]:
    """The messages that a plan becomes on that platform, in order. What it has no form of, it is sent in words."""
    return [one for say in plan.messages for one in _ready(platform_name, say)]


def ready(platform_name: str, one: Packed, actions: tuple[Action, ...] = ()) -> Ready:
    """A message of that platform that carries out `actions`, with what it has no form of its own for."""
    shown = tuple(each for each in one.parts if not isinstance(each, Text))
    return Ready(one, actions, tuple(warnings(platform_name, Written(one.text, shown))))


def told_with(said: Sequence[Ready], plan: Plan) -> list[list[JsonValue]]:
    """For each message the actions that its metadata tells, `{"type", "data"}` each; the last tells what is behind.

    Empty for a message that is text alone: whoever reads it knows that it is sent.
    """
    found = [[_shown(one)] for one in said]
    if found:
        found[-1] += [told(each) for each in plan.behind]
    plain = [all(each["type"] == SendMessage.type for each in told_) for told_ in found]
    return [[] if alone else list(each) for each, alone in zip(found, plain, strict=True)]


def _shown(one: Ready) -> dict[str, JsonValue]:
    """What the message itself does: a text may be a piece of what its action says."""
    action = one.actions[-1] if one.actions else None
    if action is None or isinstance(action, SendMessage):
        return told(SendMessage(one.text))
    return told(action)


def _ready(platform_name: str, say: Say) -> list[Ready]:
    limits = _limits(platform_name)
    match say.part:
        case QuickReplies() as part:
            before, shown = _tapped(part, limits)
        case Carousel() as part:
            before, shown = "", _side_by_side(part, limits)
        case part:
            before, shown = in_words(part), []
    head = packed(platform_name, before) if before else []
    tail = [one for each in shown for one in packed(platform_name, in_words(each), (each,))]
    carrying = len(head) if tail else 0  # the first message that shows what the actions are about
    return [
        ready(platform_name, each, say.actions if number == carrying else ())
        for number, each in enumerate([*head, *tail])
    ]


def _limits(platform_name: str) -> Limits:
    adapter = platform(platform_name)
    return adapter.limits if adapter else _BOUNDLESS


def _tapped(part: QuickReplies, limits: Limits) -> tuple[str, list[Part]]:
    """As much of a long text as must go before, and its end with the replies.

    There is room for all of them under the end: some platforms must say them in words.
    """
    options = count(in_words(part), limits.unit) - count(part.text, limits.unit)
    room = max(int(limits.text * FILLED) - options, limits.text // 3)
    if count(part.text, limits.unit) <= room:
        return "", [part]
    text = part.text.strip()
    end = split(text, room, limits.unit)[-1]
    return text.removesuffix(end).strip(), [part.model_copy(update={"text": end})]


def _side_by_side(part: Carousel, limits: Limits) -> list[Part]:
    """The cards in as many carousels as fit one message each where they are said in words."""
    groups: list[tuple[Card, ...]] = [()]
    for card in part.cards:
        together = Carousel(cards=(*groups[-1], card))
        if groups[-1] and count(in_words(together), limits.unit) > limits.text * FILLED:
            groups.append((card,))
        else:
            groups[-1] = together.cards
    return [Carousel(cards=each) for each in groups]
