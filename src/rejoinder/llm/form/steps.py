"""What a model wants done beside its reply, taken as far as it makes sense.

Nothing here raises: a reply must not be lost for it. What a step may hold, and whether it can be done, is for
`actions.read`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from rejoinder.llm.form.understanding import storable
from rejoinder.llm.model import Step

TYPES = (
    "send_message",
    "send_quick_replies",
    "send_carousel",
    "transfer_to_agent",
    "collect_info",
    "end_conversation",
)
"""The actions a model is told of."""

_MOST = 10
_MOST_EACH = 50
_LONGEST = 4096
"""Steps, things in a list, characters of a text: what goes beyond is no answer to a customer."""

_OPTION = ("title", "payload")
_BUTTON = ("title", "payload", "url")
_CARD = ("title", "text", "image_url", "buttons")
_FIELDS = ("text", "options", "cards", "field", "kind", "reason")
_KNOWN = {"options": _OPTION, "cards": _CARD, "buttons": _BUTTON}

_ALSO = {"message": "text", "question": "text", "quick_replies": "options"}
"""Names from the Chat backend's own actions (`{"type", "data": {"message"}}`), which models trained on such write."""


def _objects(names: Sequence[str]) -> dict[str, object]:
    return {"type": "array", "items": _object(names)}


def _object(names: Sequence[str]) -> dict[str, object]:
    inside = {
        name: _objects(_KNOWN[name]) if name in _KNOWN else {"type": "string"} for name in names
    }
    return {
        "type": "object",
        "properties": inside,
        "required": list(names),
        "additionalProperties": False,
    }


def _schema() -> dict[str, object]:
    """One flat object for all types: a choice of objects is what strict outputs differ most in."""
    flat = _object(_FIELDS)
    properties = {"type": {"type": "string", "enum": list(TYPES)}, **_of(flat["properties"])}
    return {
        "type": "array",
        "items": {**flat, "properties": properties, "required": list(properties)},
    }


def _of(found: object) -> Mapping[str, object]:
    return found if isinstance(found, dict) else {}


STEPS_SCHEMA = _schema()


def read_steps(said: object) -> tuple[Step, ...]:
    """The steps in a list of flat objects, or of objects with their fields under `data`; empty fields are left out."""
    found = said if isinstance(said, list) else [said]
    return tuple(_steps(found))[:_MOST]


def flat(step: Step) -> dict[str, JsonValue]:
    """The step as an object of the schema, every field in it."""
    lists: dict[str, JsonValue] = {"options": [], "cards": []}
    empty = {name: lists.get(name, "") for name in _FIELDS}
    return {"type": step.type, **empty, **step.data}


def words(steps: Sequence[Step]) -> str:
    """The first text among the steps, for an answer that says nothing else."""
    texts = (step.data.get("text") for step in steps)
    return next((text for text in texts if isinstance(text, str)), "")


def _steps(found: Sequence[object]) -> Iterator[Step]:
    for each in found:
        said = _of(each)
        kind = said.get("type")
        if isinstance(kind, str) and (name := storable(kind).strip()[:64]):
            whole = {**_of(said.get("data")), **{key: said[key] for key in said if key != "data"}}
            yield Step(name, _fields(whole, _FIELDS))


def _fields(said: Mapping[str, object], names: Sequence[str]) -> dict[str, JsonValue]:
    told = {_ALSO.get(name, name): value for name, value in said.items() if value}
    read = {name: _value(told.get(name), name) for name in names}
    return {name: value for name, value in read.items() if value}


def _value(said: object, name: str) -> JsonValue:
    if name in _KNOWN:
        return _list(said, _KNOWN[name])
    if isinstance(said, bool) or not isinstance(said, str | int):
        return ""
    if isinstance(said, int) and abs(said) >= 10**15:  # no title, and str() refuses huge ones
        return ""
    return storable(str(said)).strip()[:_LONGEST].strip()


def _list(said: object, names: Sequence[str]) -> list[JsonValue]:
    """Its objects; a mere text among them is a title."""
    found = said if isinstance(said, list) else []
    read = (
        _fields({"title": each} if isinstance(each, str) else _of(each), names)
        for each in found[:_MOST_EACH]
    )
    return [each for each in read if each]
