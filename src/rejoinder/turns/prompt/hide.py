"""Personal data is taken out of what a prompt is made of, before anything is cut: half a number is known for none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from rejoinder.llm.model import Line, Understanding
from rejoinder.turns.prompt.model import Profile, PromptFacts

Hide: TypeAlias = Callable[[str], str]


def hidden(facts: PromptFacts, hide: Hide) -> PromptFacts:
    """The facts with `hide` over everything that is the customer's or of the customer.

    Instructions, persona and passages are the business's own and stay: its phone number is for customers to read. The
    systems' JSON stays JSON. A value is looked at with its name before it: some numbers are known by that alone.
    """
    return replace(
        facts,
        asked=tuple(map(hide, facts.asked)),
        history=tuple(Line(line.speaker, hide(line.text)) for line in facts.history),
        summary=hide(facts.summary),
        profile=_profile(facts.profile, hide),
        understanding=_understood(facts.understanding, hide),
        resources=_context(facts.resources, hide),
        notes=tuple(map(hide, facts.notes)),
    )


def _profile(known: Profile, hide: Hide) -> Profile:
    return replace(
        known,
        name=hide(known.name),
        attributes={
            hide(name): _named(name, value, hide) for name, value in known.attributes.items()
        },
        tags=tuple(map(hide, known.tags)),
    )


def _understood(found: Understanding | None, hide: Hide) -> Understanding | None:
    if found is None:
        return None
    entities = tuple(
        replace(
            each,
            value=_named(each.type, each.value, hide),
            normal=each.normal and _named(each.type, each.normal, hide),
        )
        for each in found.entities
    )
    return replace(found, entities=entities)


def _named(name: str, value: str, hide: Hide) -> str:
    """The value, hidden as it would be behind its name."""
    head = f"{name.replace('_', ' ')}: "
    found = hide(head + value)
    return found.removeprefix(head) if found.startswith(head) else hide(value)


def _context(text: str, hide: Hide) -> str:
    return to_json(_walked(from_json(text), "", hide)).decode() if text else ""


def _walked(value: JsonValue, name: str, hide: Hide) -> JsonValue:
    match value:
        case str():
            return _named(name, value, hide)
        case bool() | None:
            return value
        case int() | float():  # a phone number may well come as one
            shown = str(value)
            hidden_one = _named(name, shown, hide)
            return value if hidden_one == shown else hidden_one
        case list():
            return [_walked(each, name, hide) for each in value]
        case dict():
            return {hide(key): _walked(each, key, hide) for key, each in value.items()}
    raise AssertionError("JSON holds nothing else")
