"""LINE's own webhooks, from the signature to the stored message."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.inbound.webhook.edge import Edge

SECRET = "0123456789abcdef0123456789abcdef"
BOT = "U0000000000000000000000000000000b"
MAE = {"type": "user", "userId": "U0000000000000000000000000000000a"}
NID = {"type": "user", "userId": "U0000000000000000000000000000000c"}
GROUP = {"type": "group", "groupId": "C0000000000000000000000000000000d", "userId": MAE["userId"]}


def signed(body: bytes) -> dict[str, str]:
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return {"x-line-signature": base64.b64encode(made).decode()}


def event(kind: str, source: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"type": kind, "mode": "active", "timestamp": 1763726400000, "source": source, **more}


def message(source: dict[str, str], external_id: str, text: str) -> dict[str, Any]:
    told = {"id": external_id, "type": "text", "text": text, "quoteToken": "q"}
    return event("message", source, replyToken="r" + external_id, message=told)


def body(*events: dict[str, Any]) -> bytes:
    return json.dumps({"destination": BOT, "events": events}).encode()


@pytest.fixture
async def line(edge: Edge) -> Edge:
    channel_id = await edge.channel(
        "LINE",
        account=BOT,
        platform="line",
        channel_secret=SECRET,
        channel_access_token="t" * 30,
    )
    return replace(edge, channel_id=channel_id, platform="line", sign=signed)


async def test_verify_of_the_console_is_answered(line: Edge) -> None:
    assert await line.raw(body()) == 200


async def test_line_asks_nothing_by_get(line: Edge) -> None:
    async with line.http.get(line.path) as response:
        assert response.status == 401


async def test_two_customers_and_something_new_in_one_webhook(line: Edge) -> None:
    sent = body(
        message(MAE, "1", "สวัสดีค่ะ"), event("teleport", MAE), message(NID, "2", "มีของไหม 😀")
    )
    for _ in range(2):  # the second is a redelivery
        assert await line.raw(sent) == 200
    assert await line.texts(MAE["userId"]) == ["สวัสดีค่ะ"]
    assert await line.texts(NID["userId"]) == ["มีของไหม 😀"]
    assert {state for state, _ in await line.intake()} == {"quarantined"}


async def test_a_message_taken_back_before_it_came(line: Edge) -> None:
    await line.raw(body(event("unsend", MAE, unsend={"messageId": "1"})))
    await line.raw(body(message(MAE, "1", "Secret")))
    await line.apply_waiting()
    assert await line.texts(MAE["userId"]) == [""]


async def test_a_locked_conversation(line: Edge) -> None:
    await line.raw(body(message(MAE, "1", "1")))
    async with line.locked(MAE["userId"]):
        assert await line.raw(body(message(MAE, "2", "2"), message(NID, "3", "3"))) == 200
    await line.apply_waiting()
    assert await line.texts(MAE["userId"]) == ["1", "2"]
    assert await line.texts(NID["userId"]) == ["3"]


async def test_groups_are_not_heard_unless_the_channel_says_so(line: Edge) -> None:
    assert await line.raw(body(message(GROUP, "1", "Chat"))) == 200
    assert await line.texts(GROUP["groupId"]) == []
    assert await line.intake() == []


@pytest.mark.parametrize("wrong", [b"null", b"[]", b'{"events": 7}', b"\xff", b"[" * 100_000])
async def test_what_is_no_webhook_of_line_is_kept(line: Edge, wrong: bytes) -> None:
    assert await line.raw(wrong) == 200
    assert [state for state, _ in await line.intake()] == ["quarantined"]
