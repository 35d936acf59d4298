"""Times and texts of a message's body, tried with whatever can be written."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from rejoinder.inbound.rest.body import MessageBody, check_storable, read_time

NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.one_of(
        st.floats(),
        st.integers(),
        st.integers(min_value=10**300, max_value=10**310),
        st.text(max_size=40),
        st.datetimes().map(datetime.isoformat),
        values,
    )
)
def test_a_time_is_read_within_its_bounds_or_refused(value: object) -> None:
    try:
        at = read_time(value, NOW)
    except ValueError:
        return
    assert at.tzinfo is not None
    assert EARLIEST <= at <= NOW + timedelta(days=1)


@given(
    st.datetimes(
        datetime(2000, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        datetime(2026, 2, 28),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(
            lambda minutes: timezone(timedelta(minutes=minutes))
        ),
    )
)
def test_what_a_program_writes_is_read_back(at: datetime) -> None:
    assert read_time(at.isoformat(), NOW) == at
    assert abs(read_time(at.timestamp(), NOW) - at) < timedelta(milliseconds=1)


@given(st.integers(946_684_800, 1_772_332_200))
def test_seconds_are_never_taken_for_another_unit(seconds: int) -> None:
    assert read_time(seconds, NOW).timestamp() == seconds
    for unit in (10**3, 10**6, 10**9):
        with pytest.raises(ValueError, match=r"milli|micro"):
            read_time(seconds * unit, NOW)


@given(values)
def test_what_is_found_storable_can_be_stored(value: JsonValue) -> None:
    try:
        check_storable(value)
    except ValueError:
        return
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            assert "\0" not in item
            item.encode()
        elif isinstance(item, float):
            assert math.isfinite(item)
        elif isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            stack += item


@given(st.dictionaries(st.sampled_from(sorted(MessageBody.model_fields)), values) | values)
def test_a_body_is_taken_or_refused_and_nothing_else(value: object) -> None:
    try:
        body = MessageBody.model_validate(value)
    except ValidationError:
        return
    assert body.conversation_id
    assert (body.text is None) != (body.content is None)
