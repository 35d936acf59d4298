"""Who posted a webhook."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator  # type: ignore[import-untyped]

from rejoinder.channels.line.adapter import Line
from rejoinder.channels.line.simulated import SimulatedLine
from rejoinder.channels.line.webhook.verify import HEADER, check, signed
from rejoinder.channels.port.adapter import Account, BadSignature, Request
from tests.channels.line.platform import CHANNEL

SECRET = "0123456789abcdef0123456789abcdef"
BODY = '{"destination":"U1","events":[]} naïve 🍎'.encode()


def test_a_signed_body_is_taken() -> None:
    check(SECRET, {HEADER: signed(SECRET, BODY)}, BODY)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "missing"),
        ("", "missing"),
        ("not base64!", "malformed"),
        ("naïve", "malformed"),
        (signed(SECRET, BODY)[:-4], "malformed"),
        (base64.b64encode(bytes(31)).decode(), "malformed"),
        (base64.b64encode(bytes(32)).decode(), "wrong"),
        (signed("another secret", BODY), "wrong"),
        (signed(SECRET, BODY + b" "), "wrong"),
    ],
)
def test_anything_else_is_not(header: str | None, reason: str) -> None:
    headers = {} if header is None else {HEADER: header}
    with pytest.raises(BadSignature) as refused:
        check(SECRET, headers, BODY)
    assert refused.value.reason == reason


def test_a_channel_without_a_secret_takes_nothing() -> None:
    with pytest.raises(BadSignature):
        check("", {HEADER: signed("", BODY)}, BODY)


def test_the_bytes_count_not_what_they_mean() -> None:
    escaped = json.dumps(json.loads('{"text": "naïve"}')).encode()
    with pytest.raises(BadSignature):
        check(SECRET, {HEADER: signed(SECRET, '{"text": "naïve"}'.encode())}, escaped)


@settings(deadline=None)
@given(st.text(min_size=1), st.text())
def test_the_vendors_library_agrees(secret: str, body: str) -> None:
    header = signed(secret, body.encode())
    assert SignatureValidator(secret).validate(body, header)
    assert not SignatureValidator(secret).validate(body + "x", header)


def test_the_adapter_reads_the_channels_secret() -> None:
    account = Account(CHANNEL, {}, dict(SimulatedLine.credentials))
    header = signed(SimulatedLine.credentials["channel_secret"], BODY)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    Line().verify(account, Request("POST", {HEADER: header}, {}, BODY), now)
    with pytest.raises(BadSignature):
        Line().verify(account, Request("POST", {HEADER: header}, {}, BODY[1:]), now)


def test_line_never_asks_by_get() -> None:
    with pytest.raises(BadSignature):
        Line().handshake(Account(CHANNEL, {}, {}), {"hub.challenge": "1"})


def test_published_vectors(data: Path) -> None:
    for vector in json.loads((data / "vectors/line_signature.json").read_text())["vectors"]:
        headers = {HEADER: vector["x_line_signature"]}
        if vector["valid"]:
            check(vector["channel_secret"], headers, vector["body"].encode())
        else:
            with pytest.raises(BadSignature):
                check(vector["channel_secret"], headers, vector["body"].encode())
