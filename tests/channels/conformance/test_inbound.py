"""What customers say is read as they said it; what nobody understands harms nothing beside it."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from rejoinder.channels.port.event import Noted, Odd, Said
from rejoinder.conversations.content import (
    FILES,
    Choice,
    Contact,
    File,
    Location,
    Part,
    Reaction,
    Text,
    Unsupported,
    read,
    stored,
)
from tests.channels.conformance.conftest import House

OURS = "990000000000000001"
"""The id of a message of ours, where it is of no consequence."""

PARTS: dict[str, Part] = {
    "text": Text(text="สวัสดี, größer 👋🏽\nsecond line"),
    "image": File(kind="image", text="What is this?"),
    "audio": File(kind="audio", voice=True),
    "video": File(kind="video"),
    "document": File(kind="document", filename="order.pdf"),
    "sticker": File(kind="sticker"),
    "location": Location(latitude=13.75, longitude=100.5, name="Shop", address="1 Road"),
    "contact": Contact(name="Ann Other", phones=("+66812345678",)),
    "choice": Choice(title="Yes", payload="yes", of=OURS),
    "reaction": Reaction(emoji="👍", of=OURS),
    "unsupported": Unsupported(what="hologram"),
}

UNSAID = {
    "line": {"contact", "reaction"},  # it has no such event
}
"""What customers of a platform can't say."""

NEW: tuple[Any, ...] = (
    {},
    [],
    7,
    None,
    "hello",
    {"hologram": {"id": 5}},
    {"update_id": 5, "hologram": {}},
)
"""Bodies of a kind that nobody here knows."""

LISTS: dict[str, tuple[str | int, ...]] = {
    "whatsapp_cloud": ("entry", 0, "changes", 0, "value", "messages"),
    "line": ("events",),
    "pebble": ("events",),
}
"""Where a body has its list of messages; Telegram's holds one update."""


@pytest.mark.parametrize("kind", PARTS)
async def test_what_is_said_is_read(house: House, kind: str) -> None:
    if kind in UNSAID.get(house.adapter.name, ()):
        pytest.skip(f"nobody can send a {kind} there")
    part = PARTS[kind]
    if isinstance(part, Choice | Reaction):
        part = part.model_copy(update={"of": await house.ours()})
    said = house.hears(part)
    (found,) = said.parts
    assert found.kind == kind
    assert alike(found, part), found
    assert read(stored(said.parts)) == said.parts
    assert (said.source, said.external_id != "") == ("direct", True)
    assert abs(said.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert said.asks is (kind != "reaction")
    assert said.text or kind == "reaction"
    if kind != "sticker":  # a LINE sticker is a number, no file
        assert bool(said.media) is (kind in FILES)
    assert all(each.part == 0 and (each.id or each.url) for each in said.media)


def alike(found: Part, part: Part) -> bool:
    """Whether all that platforms carry came over; a voice note has no caption anywhere, a LINE picture neither."""
    match found, part:
        case (File() as one, File() as other):
            names = one.filename in (other.filename, None) or other.filename is None
            # A sticker may be said in words.
            return (one.kind == "sticker" or one.text in (other.text, None)) and names
        case (Location() as one, Location() as other):
            return (one.latitude, one.longitude) == (other.latitude, other.longitude)
        case (Contact() as one, Contact() as other):
            digits = ["".join(filter(str.isdigit, each)) for each in (*one.phones, *other.phones)]
            return one.name == other.name and len(set(digits)) == 1
        case (Choice() as one, Choice() as other):
            return other.payload in (one.payload, one.title) or other.title == one.title
        case (Unsupported(), Unsupported()):
            return True
        case _:
            return found == part


def test_the_same_customer_has_the_same_thread(house: House) -> None:
    one, other = house.hears(PARTS["text"]), house.hears(PARTS["image"])
    assert one.thread == other.thread
    assert one.external_id != other.external_id
    assert one.sender.identities == other.sender.identities
    assert one.thread in {each.value for each in one.sender.identities}
    assert one.sender.name in (house.ann.name, None)


def test_another_customer_has_another(house: House) -> None:
    who = house.played.customers(2)
    (other,) = house.parsed(house.played.said(who, PARTS["text"], datetime.now(UTC)))
    assert isinstance(other, Said)
    one = house.hears(PARTS["text"])
    assert one.thread != other.thread
    assert not set(one.sender.identities) & set(other.sender.identities)


async def test_a_reply_names_what_it_answers(house: House) -> None:
    ours = await house.ours()
    assert house.hears(PARTS["text"], reply_to=ours).reply_to == ours


def test_a_webhook_is_read_the_same_twice(house: House) -> None:
    webhook = house.says(PARTS["text"])
    assert house.parsed(webhook) == house.parsed(webhook)


def test_what_nobody_understands_leaves_its_neighbours(house: House) -> None:
    if house.adapter.name not in LISTS:
        pytest.skip("a body holds one event there")
    webhook = house.says(PARTS["text"])
    (said,) = house.parsed(webhook)
    body = from_json(webhook.body)
    messages = inside(body, house)
    odd = deepcopy(messages[0]) | {"type": "hologram", "id": "another", "webhookEventId": "other"}
    messages[:] = [odd, 7, messages[0], None]
    events = house.adapter.parse(house.account, to_json(body))
    assert said in events
    others = [each for each in events if each != said]
    assert others
    assert all(odd_or_unsupported(each) for each in others), others


def test_a_kind_of_webhook_that_is_new(house: House) -> None:
    for body in NEW:
        events = house.adapter.parse(house.account, to_json(body))
        assert all(isinstance(each, Odd | Noted) for each in events), events


def test_what_is_no_json_is_odd(house: House) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"<xml/>", b'{"a": NaN}', b"[" * 5000):
        assert all(isinstance(each, Odd) for each in house.adapter.parse(house.account, body))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_any_bytes_are_read(house: House, body: bytes) -> None:
    house.adapter.parse(house.account, body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_change_of_a_body_is_read(house: House, data: st.DataObject) -> None:
    """Fields that are gone, of another type, or wild, wherever they stand."""
    unsaid = UNSAID.get(house.adapter.name, set())
    kind = data.draw(st.sampled_from(sorted(PARTS.keys() - unsaid)))
    body = from_json(house.says(PARTS[kind]).body)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(list(places(body))))
        if isinstance(holder, dict) and data.draw(st.booleans()):
            holder.pop(key, None)
        elif isinstance(holder, dict) or key < len(holder):
            holder[key] = data.draw(JSON)
        if not body:
            break
    events = house.adapter.parse(house.account, to_json(body, inf_nan_mode="constants"))
    for event in events:
        if isinstance(event, Said):
            assert read(stored(event.parts)) == event.parts


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value: its holder, and the key or index there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found or [({}, "nothing")]


def inside(body: Any, house: House) -> list[Any]:
    """The list of messages in a body."""
    for step in LISTS[house.adapter.name]:
        body = body[step]
    assert isinstance(body, list)
    return body


def odd_or_unsupported(event: object) -> bool:
    """What stands for something that nobody understands."""
    if isinstance(event, Said):
        return [each.kind for each in event.parts] == ["unsupported"]
    return isinstance(event, Odd)
