"""Only who knows the secret is let in, and nothing of ours shows the token."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.port.adapter import BadSignature, Request
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.channels.telegram.api import file_url, method_url, redact
from tests.channels.telegram.bot import TOKEN, account, payload

NOW = datetime.now(UTC)
HEADER = "x-telegram-bot-api-secret-token"


def request(secret: str | None) -> Request:
    headers = {} if secret is None else {HEADER: secret}
    return Request("POST", headers, {}, payload("text"))


def test_the_secret_is_let_in() -> None:
    Telegram().verify(account(), request("played-telegram-secret-token"), NOW)


@pytest.mark.parametrize("secret", ["played-telegram-secret-toke", "x", "é", "\udcff", TOKEN])
def test_another_is_not(secret: str) -> None:
    with pytest.raises(BadSignature) as refused:
        Telegram().verify(account(), request(secret), NOW)
    assert refused.value.reason == "wrong"


@pytest.mark.parametrize("secret", [None, ""])
def test_none_is_missing(secret: str | None) -> None:
    with pytest.raises(BadSignature) as refused:
        Telegram().verify(account(), request(secret), NOW)
    assert refused.value.reason == "missing"


def test_a_channel_without_a_secret_lets_nobody_in() -> None:
    bare = dataclasses.replace(account(), credentials={"bot_token": TOKEN})
    for secret in ("", "x"):
        with pytest.raises(BadSignature):
            Telegram().verify(bare, request(secret), NOW)


def test_there_is_no_handshake() -> None:
    with pytest.raises(BadSignature):
        Telegram().handshake(account(), {"hub.challenge": "5"})


def test_addresses_are_shown_without_the_token() -> None:
    for url in (method_url(account(), "sendMessage"), file_url(account(), "photos/a b.jpg")):
        assert TOKEN in url
        shown = redact(f"GET {url} failed")
        assert "/bot7100000001:…/" in shown
        assert TOKEN.partition(":")[2] not in shown


@given(st.text(alphabet="abcXYZ019_-", min_size=20, max_size=60), st.text(max_size=20))
def test_no_token_is_left_anywhere(secret: str, around: str) -> None:
    for colon in (":", "%3A", "%3a"):
        shown = redact(f"{around}https://host/file/bot123{colon}{secret}/x{around}")
        assert f"bot123{colon}{secret}" not in shown
