"""What a model wants done, read into actions that can be done: bounded, each said once. Pure; nothing raises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from pydantic import JsonValue

from rejoinder.actions.fields import Data, cards, options, text, word
from rejoinder.actions.model import (
    Action,
    CollectInfo,
    EndConversation,
    SendCarousel,
    SendMessage,
    SendQuickReplies,
    TransferToAgent,
)
from rejoinder.channels.text.split import shorten
from rejoinder.conversations.content import Option
from rejoinder.llm.model import Step
from rejoinder.text.fold import fold

MOST_OPTIONS = 13
"""LINE and Messenger show as many quick replies."""

MOST_CARDS = 10
"""Of a carousel on LINE and Messenger."""

MOST_MESSAGES = 5
"""Texts beside the reply: a customer reads an answer, no book."""

LONGEST_QUESTION, LONGEST_REASON = 1_000, 500
"""Characters."""

KINDS = {
    "e_mail": "email",
    "email_address": "email",
    "phone_number": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "day": "date",
    "full_name": "name",
    "number": "quantity",
    "amount": "quantity",
    "string": "text",
}
"""Other words for kinds of `collect_info`."""

_PLAIN = frozenset({"email", "phone", "date", "time", "datetime", "name", "quantity"})


class _Bad(Exception):  # noqa: N818 - told among the problems
    """The words say why a step can't be done."""


def read(steps: Sequence[Step]) -> tuple[tuple[Action, ...], tuple[str, ...]]:
    """The actions, in the order of the steps, and what of the steps was left out and why.

    There is at most one of each but `send_message`: options and cards of several are put together. A conversation
    that is handed over neither ends nor asks for more, and one that asks does not end.
    """
    problems: list[str] = []
    actions: list[Action] = []
    for number, step in enumerate(steps, 1):
        try:
            action = _action(step, problems)
        except _Bad as bad:
            problems.append(f"action {number} ({step.type}): {bad}")
        else:
            _add(actions, action, problems)
    return tuple(_agreeing(actions, problems)), tuple(problems)


def restored(steps: Sequence[Step], show: Callable[[str], str]) -> tuple[Step, ...]:
    """The steps with `show` applied to every text in them: what was hidden from the model is put back."""
    return tuple(
        replace(step, data={name: _shown(value, show) for name, value in step.data.items()})
        for step in steps
    )


def same(one: str, other: str) -> bool:
    """Whether two texts are the same to a reader."""
    return fold(one).split() == fold(other).split()


def _shown(value: JsonValue, show: Callable[[str], str]) -> JsonValue:
    if isinstance(value, str):
        return show(value)
    if isinstance(value, list):
        return [_shown(each, show) for each in value]
    if isinstance(value, dict):
        return {name: _shown(each, show) for name, each in value.items()}
    return value


def _action(step: Step, problems: list[str]) -> Action:
    data = step.data
    match step.type:
        case "send_message":
            return SendMessage(_needed(data, "text"))
        case "send_quick_replies":
            found = tuple(options(data.get("options"), problems))
            if not found:
                raise _Bad("there is nothing to tap")
            return SendQuickReplies(text(data.get("text")), _options_once(found))
        case "send_carousel":
            shown = tuple(cards(data.get("cards"), problems))
            if not shown:
                raise _Bad("there is no card with a title")
            return SendCarousel(tuple(dict.fromkeys(shown)))
        case "transfer_to_agent":
            return TransferToAgent(_reason(data))
        case "collect_info":
            return _collect(data)
        case "end_conversation":
            return EndConversation(_reason(data))
        case "execute_api":
            raise _Bad("calling other systems is not possible yet")
    raise _Bad("there is no such action")


def _collect(data: Data) -> CollectInfo:
    question, asked = shorten(_needed(data, "text"), LONGEST_QUESTION), word(data.get("kind"))
    field = word(data.get("field")) or asked
    if not field:
        raise _Bad("field must name what is asked for, in snake_case")
    kind = KINDS.get(asked, asked)
    named = KINDS.get(field, field)
    return CollectInfo(field, question, kind or (named if named in _PLAIN else "text"))


def _add(actions: list[Action], action: Action, problems: list[str]) -> None:
    """Put the action behind the others, or together with the one of its type."""
    before = next((each for each in actions if each.type == action.type), None)
    match action, before:
        case SendMessage(), _:
            said = [each.text for each in actions if isinstance(each, SendMessage)]
            if any(same(action.text, each) for each in said):
                return
            if len(said) >= MOST_MESSAGES:
                problems.append(f"there are more than {MOST_MESSAGES} messages: the rest is left")
                return
        case SendQuickReplies(), SendQuickReplies():
            actions.remove(before)
            both = _options_once((*before.options, *action.options))
            action = SendQuickReplies(before.text or action.text, both)
        case SendCarousel(), SendCarousel():
            actions.remove(before)
            action = SendCarousel(tuple(dict.fromkeys((*before.cards, *action.cards))))
        case _, None:
            pass
        case _:
            if action != before:
                problems.append(f"there is one {action.type} already")
            return
    actions.append(_bounded(action, problems))


def _bounded(action: Action, problems: list[str]) -> Action:
    match action:
        case SendQuickReplies() if len(action.options) > MOST_OPTIONS:
            problems.append(f"{len(action.options)} replies to tap: the first {MOST_OPTIONS} stay")
            return replace(action, options=action.options[:MOST_OPTIONS])
        case SendCarousel() if len(action.cards) > MOST_CARDS:
            problems.append(f"{len(action.cards)} cards: the first {MOST_CARDS} stay")
            return replace(action, cards=action.cards[:MOST_CARDS])
    return action


def _agreeing(actions: Sequence[Action], problems: list[str]) -> Iterator[Action]:
    """Without what another of the actions makes senseless."""
    transfers = any(isinstance(each, TransferToAgent) for each in actions)
    asks = any(isinstance(each, CollectInfo) for each in actions)
    for each in actions:
        if transfers and isinstance(each, CollectInfo):
            problems.append("nothing is asked in a conversation that is handed over")
        elif (transfers or asks) and isinstance(each, EndConversation):
            problems.append("a conversation that goes on is not ended")
        else:
            yield each


def _options_once(found: Iterable[Option]) -> tuple[Option, ...]:
    """Each title once: a reader does not tell two of the same apart, and WhatsApp takes none such."""
    titled: dict[str, Option] = {}
    for each in found:
        titled.setdefault(fold(each.title), each)
    return tuple(titled.values())


def _needed(data: Data, name: str) -> str:
    found = text(data.get(name))
    if not found:
        raise _Bad(f"{name} must not be blank")
    return found


def _reason(data: Data) -> str:
    return shorten(text(data.get("reason")), LONGEST_REASON)
