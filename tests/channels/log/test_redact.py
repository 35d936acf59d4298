"""No secret stands in the channel log, however it is written in a request."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.log.redact import LONGEST, redacted, shown

CANARY = 'EAA+canary/"secret"=='
TOKEN = "123456789:AAF-canary_token-of-a-bot"


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg",
        "https://graph.example/v1/me?access_token=canary-1&x=1",
        "https://graph.example/v1/me?x=1&appsecret_proof=canary-1",
        "/webhooks/x?hub.mode=subscribe&hub.verify_token=canary-1",
        "access_token=canary-1&grant_type=x",
        '{"replyToken": "canary-1", "messages": []}',
        '{"a": {"client_secret":"canary \\" -1"}}',
        '{"X-Api-Key" : "canary-1"}',
        "Authorization: Bearer canary.canary-1",
        '{"markAsReadToken":"canary-1"',
        '{"password": "canary-1',
    ],
)
def test_what_is_named_like_a_secret_is_hidden(text: str) -> None:
    assert "canary" not in redacted(text)
    assert "•••" in redacted(text)


@pytest.mark.parametrize(
    "text", [CANARY, json.dumps({"a": CANARY}), quote(CANARY), quote(CANARY, safe="")]
)
def test_the_accounts_secrets_are_hidden_wherever_they_stand(text: str) -> None:
    assert "canary" not in redacted(f"before {text} after", [CANARY, "x"])
    assert redacted(f"before {text} after", [CANARY]).startswith("before ")


@given(
    st.text(max_size=40),
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=40),
    st.text(max_size=40),
)
def test_a_secret_never_stays(before: str, secret: str, after: str) -> None:
    assert secret not in shown(f"{before}{secret}{after}".encode(), [secret])


def test_the_rest_stays() -> None:
    body = '{"messaging_product": "whatsapp", "text": {"body": "no secret: the token ring"}}'
    assert shown(body.encode()) == body


def test_long_bodies_are_cut() -> None:
    body = ("ก" * 50_000).encode()
    assert shown(body) == "ก" * LONGEST + f"… ({len(body)} bytes)"


@pytest.mark.parametrize("body", [b"\xff\xd8\xff\xe0" * 10, b"\xff" * 100_000])
def test_of_what_is_no_text_the_length_is_told(body: bytes) -> None:
    assert shown(body) == f"({len(body)} bytes)"


def test_what_postgresql_can_not_store_is_left_out() -> None:
    assert shown(b"a\x00b") == "ab"
