"""A webhook is Meta's only with its signature over these very bytes; the handshake only with our verify token."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pywa.utils import webhook_updates_validator

from rejoinder.channels.meta.signature import HEADER, signed
from rejoinder.channels.port.adapter import Account, BadSignature, Request
from rejoinder.channels.whatsapp_cloud.adapter import WhatsAppCloud
from tests.channels.whatsapp_cloud.payloads import body, collected

ADAPTER = WhatsAppCloud()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT = Account(
    channel_id=uuid4(),
    settings={},
    credentials={"app_secret": "0" * 32, "verify_token": "our-verify-token"},
)


def verify(given: str | None, raw: bytes, secret: str = "0" * 32) -> None:
    account = Account(uuid4(), {}, {"app_secret": secret})
    headers = {} if given is None else {HEADER: given}
    ADAPTER.verify(account, Request("POST", headers, {}, raw), NOW)


def test_a_signed_body_passes() -> None:
    verify(signed("0" * 32, body("text")), body("text"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "missing"),
        ("", "missing"),
        ("sha256=", "malformed"),
        ("sha1=abc123", "malformed"),
        ("sha256=" + "z" * 64, "malformed"),
        (signed("0" * 32, b"{}").upper().replace("SHA", "sha"), "malformed"),
        (" " + signed("0" * 32, b"{}"), "malformed"),
        ("sha256=" + "é" * 64, "malformed"),
        (signed("0" * 32, b"{}")[:-1], "malformed"),
        (signed("0" * 32, b"{}") + "0", "malformed"),
        (signed("0" * 32, b"{ }"), "wrong"),
        (signed("1" * 32, b"{}"), "wrong"),
    ],
)
def test_any_other_is_refused(given: str | None, reason: str) -> None:
    with pytest.raises(BadSignature) as refused:
        verify(given, b"{}")
    assert refused.value.reason == reason


def test_json_that_was_read_and_written_again_is_another_body() -> None:
    escaped = json.dumps({"body": "Xin chào 👋"}).encode()
    again = json.dumps(json.loads(escaped), ensure_ascii=False).encode()
    verify(signed("0" * 32, escaped), escaped)
    with pytest.raises(BadSignature):
        verify(signed("0" * 32, escaped), again)


def test_a_channel_without_an_app_secret_trusts_nobody() -> None:
    with pytest.raises(BadSignature):
        verify(signed("", b"{}"), b"{}", secret="")


@given(st.text(min_size=1, max_size=40), st.binary(max_size=200), st.binary(max_size=200))
def test_pywa_thinks_the_same(secret: str, raw: bytes, other: bytes) -> None:
    secret = secret.encode("utf-8", "ignore").decode() or "x"
    header = signed(secret, other)
    assert webhook_updates_validator(secret, raw, header) == (raw == other)
    try:
        verify(header, raw, secret)
    except BadSignature:
        assert raw != other
    else:
        assert raw == other


def test_the_vectors_hold() -> None:
    vectors = json.loads((collected("vectors") / "meta_x_hub_signature_256.json").read_text())
    for vector in vectors["vectors"]:
        given = vector["x_hub_signature_256"]
        try:
            verify(given, vector["body"].encode(), vector["app_secret"])
        except BadSignature:
            assert not vector["valid"], vector
        else:
            assert vector["valid"], vector


def query(**given: str) -> dict[str, str]:
    return {f"hub.{name}": value for name, value in given.items()}


def test_the_handshake_gives_the_challenge_back() -> None:
    asked = query(mode="subscribe", challenge="1158201444", verify_token="our-verify-token")
    assert ADAPTER.handshake(ACCOUNT, asked) == "1158201444"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        query(mode="subscribe", challenge="1"),
        query(mode="subscribe", challenge="1", verify_token="another"),
        query(mode="unsubscribe", challenge="1", verify_token="our-verify-token"),
        query(mode="subscribe", verify_token="our-verify-token"),
        query(mode="subscribe", challenge="1", verify_token="öur-verify-token"),
    ],
)
def test_another_handshake_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        ADAPTER.handshake(ACCOUNT, asked)
