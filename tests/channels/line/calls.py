"""Requests to a played LINE."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pydantic import JsonValue

from rejoinder.channels.line.simulated import SimulatedLine
from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.simulated import Call, Outcome
from tests.channels.line.platform import CHANNEL, CUSTOMER

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
ACCOUNT = Account(CHANNEL, {}, dict(SimulatedLine.credentials))
HELLO: dict[str, JsonValue] = {"type": "text", "text": "hello"}
PUSH, REPLY = "/v2/bot/message/push", "/v2/bot/message/reply"


def call(path: str, body: object, method: str = "POST", **headers: str) -> Call:
    token = SimulatedLine.credentials["channel_access_token"]
    sent = {"authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Call(method, path, {}, sent, json.dumps(body).encode())


def push(line: SimulatedLine, key: str, now: datetime = NOW, *messages: JsonValue) -> Outcome:
    body = {"to": CUSTOMER, "messages": [*messages] or [HELLO]}
    return line.take(call(PUSH, body, x_line_retry_key=key), now)
