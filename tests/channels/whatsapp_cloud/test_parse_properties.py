"""Whatever Meta or anybody else posts, reading it raises nothing, and what is read can be stored."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.channels.port.event import Said
from rejoinder.channels.whatsapp_cloud.parse.body import parse
from rejoinder.conversations.content import read, stored
from tests.channels.whatsapp_cloud.payloads import FOLDER

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["text", "image", "interactive", "system", "a\0b", "\ud83d", "1767225600"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
OURS = [json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))]


def places(value: JsonValue, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The ways to all values inside."""
    inner: list[tuple[str | int, JsonValue]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(way for key, each in inner for way in places(each, (*path, key)))]


def changed(value: JsonValue, path: tuple[str | int, ...], to: JsonValue) -> JsonValue:
    """The same with another value in one place."""
    if not path:
        return to
    found = copy.deepcopy(value)
    at = found
    for key in path[:-1]:
        at = at[key]  # type: ignore[index]
    at[path[-1]] = to  # type: ignore[index]
    return found


def check(body: bytes) -> None:
    events = parse(body)
    assert events
    assert parse(body) == events
    for event in events:
        told = to_json(asdict(event), inf_nan_mode="strings", fallback=str).decode()
        assert "\\u0000" not in told
        if isinstance(event, Said):
            content = stored(event.parts)
            assert read(content) == event.parts
            assert "Infinity" not in json.dumps(content)
            assert event.thread
            assert event.external_id
            assert event.text


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    check(body)


@settings(deadline=None)
@given(ANYTHING)
def test_any_json(value: JsonValue) -> None:
    check(json.dumps(value).encode())


@settings(deadline=None)  # a slow machine is no failure
@given(st.data())
def test_our_payloads_with_anything_in_any_place(data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from(OURS))
    path = data.draw(st.sampled_from(places(payload)))
    check(json.dumps(changed(payload, path, data.draw(ANYTHING))).encode())
