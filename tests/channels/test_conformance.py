"""What every chat platform says of itself fits together; what it does is tried in `conformance/`."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from rejoinder.channels.port.adapter import Platform, Unit
from rejoinder.channels.registry import platform, platforms
from rejoinder.conversations.content import Part
from rejoinder.queue.jobs import deliver_lane
from rejoinder.queue.lanes import NAMES
from rejoinder.testing.platforms.find import simulated_of

KINDS = {
    kind
    for part in get_args(get_args(Part)[0])
    for kind in get_args(part.model_fields["kind"].annotation)
}


@pytest.fixture(params=platforms())
def adapter(request: pytest.FixtureRequest) -> Platform:
    found = platform(request.param)
    assert found is not None
    assert found.name == request.param
    return found


def test_its_lane_is_there(adapter: Platform) -> None:
    assert deliver_lane(adapter.name) in NAMES


def test_its_limits_are_usable(adapter: Platform) -> None:
    limits = adapter.limits
    assert limits.text > 0
    assert limits.unit in get_args(Unit)
    assert limits.together >= 1
    assert limits.acknowledge.total_seconds() > 0


def test_its_kinds_are_parts(adapter: Platform) -> None:
    assert adapter.capabilities.kinds <= KINDS
    assert "text" in adapter.capabilities.kinds


def test_a_person_is_told_what_to_give_and_where_it_is(adapter: Platform) -> None:
    names = [each.name for each in (*adapter.credentials, *adapter.settings)]
    assert len(set(names)) == len(names)
    assert any(each.secret for each in adapter.credentials)
    for each in (*adapter.credentials, *adapter.settings):
        assert each.title
        assert each.where or each.made
    assert "{webhook_url}" in adapter.setup


def test_the_played_one_has_credentials_that_would_be_taken(adapter: Platform) -> None:
    kind = simulated_of(adapter.name)
    assert kind.name == adapter.name
    assert kind.credentials.keys() == {each.name for each in adapter.credentials}
    for each in adapter.credentials:
        assert re.fullmatch(each.pattern or ".+", kind.credentials[each.name])
