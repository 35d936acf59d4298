"""Only the platform itself is let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rejoinder.channels.port.adapter import BadSignature, Request
from rejoinder.conversations.content import Text
from tests.channels.conformance.conftest import House, request_of

NOW = datetime.now(UTC)
HELLO = Text(text="Hello, größer 👋")


def signing(house: House) -> list[str]:
    """The headers without which a webhook is refused."""
    webhook = house.says(HELLO)
    names = [name.lower() for name in webhook.headers]
    return [name for name in names if refused(house, request_of(webhook, headers={name: ""}))]


def refused(house: House, request: Request) -> bool:
    try:
        house.adapter.verify(house.account, request, NOW)
    except BadSignature:
        return True
    return False


def test_the_platform_s_own_is_let_in(house: House) -> None:
    house.adapter.verify(house.account, request_of(house.says(HELLO)), NOW)


def test_without_its_header_it_is_refused(house: House) -> None:
    assert signing(house)


def test_a_wrong_or_truncated_signature_is_refused(house: House) -> None:
    webhook = house.says(HELLO)
    lower = {name.lower(): value for name, value in webhook.headers.items()}
    for name in signing(house):
        right = lower[name]
        other = "A" if right[-1] != "A" else "B"
        for wrong in (right[:-1] + other, right[:-1], right + "0", right[:1], "x", "é" * 9):
            assert refused(house, request_of(webhook, headers={name: wrong})), wrong


def test_another_s_secret_is_refused(house: House) -> None:
    """Of all credentials, those that are secret."""
    secrets = {each.name for each in house.adapter.credentials if each.secret}
    others = {
        name: value[:-1] + ("a" if value[-1] != "a" else "b") if name in secrets else value
        for name, value in house.account.credentials.items()
    }
    account = replace(house.account, credentials=others)
    with pytest.raises(BadSignature):
        house.adapter.verify(account, request_of(house.says(HELLO)), NOW)


def test_a_changed_body_is_refused_where_bodies_are_signed(house: House) -> None:
    one, other = house.says(HELLO), house.says(Text(text="Something else"))
    signs = any(
        one.headers[name] != other.headers[name]
        for name in one.headers
        if name.lower() in signing(house)
    )
    changed = request_of(one, one.body.replace(b"Hello", b"HELLO"))
    assert changed.body != one.body
    assert refused(house, changed) is signs


def test_a_handshake_of_nobody_s_is_refused(house: House) -> None:
    with pytest.raises(BadSignature):
        house.adapter.handshake(house.account, {})


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=200), body=st.binary(max_size=200))
def test_whatever_comes_is_let_in_or_refused(house: House, value: str, body: bytes) -> None:
    webhook = house.says(HELLO)
    for name in webhook.headers:
        lower = {each.lower(): given for each, given in webhook.headers.items()}
        request = Request("POST", lower | {name.lower(): value}, {"a": value}, body)
        refused(house, request)  # anything but BadSignature fails the test
