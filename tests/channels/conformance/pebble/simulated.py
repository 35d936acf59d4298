"""Pebble, played."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.simulated import Call, Customer, Fault, Outcome, Reply, Shown, Webhook
from rejoinder.conversations.content import File, Part, read
from tests.channels.conformance.pebble.adapter import Pebble, in_words, signature

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "020001e221bc330000000049454e44ae426082"
)
_STATUS: dict[Fault, int] = {
    "throttle": 429,
    "throttle_recipient": 425,
    "fail": 503,
    "reject": 422,
    "bad_credential": 401,
    "window_closed": 403,
}


class SimulatedPebble:
    """It remembers keys and files."""

    name: ClassVar[str] = "pebble"
    credentials: ClassVar[Mapping[str, str]] = {"token": "pebble-token", "secret": "pebble-secret"}

    def __init__(self, account: Account) -> None:
        self._account = account
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._answers = dict[str, JsonValue]()
        self._files = set[str]()

    def take(self, call: Call, now: datetime) -> Outcome:
        """Messages, typing, read marks, files, who we are."""
        if call.headers.get("authorization") != f"Bearer {self._account.credentials['token']}":
            return Outcome(Reply(401))
        if call.path.startswith("/files/") and call.path.removeprefix("/files/") in self._files:
            return Outcome(Reply(200, body=_PNG, content_type="image/png"))
        if call.path in ("/typing", "/read"):
            return Outcome(Reply(200, {}), signal=call.path[1:])
        if call.path == "/me":
            return Outcome(Reply(200, {"id": "pebble-1"}))
        return self._message(call) if call.path == "/messages" else Outcome(Reply(404))

    def sends(self, call: Call) -> str | None:
        """A message does."""
        return str(from_json(call.body)["to"]) if call.path == "/messages" else None

    def refuse(self, call: Call, fault: Fault) -> Reply:
        """By status."""
        return Reply(_STATUS[fault], {"error": fault})

    def said(
        self, customer: Customer, part: Part, now: datetime, *, reply_to: str | None = None
    ) -> Webhook:
        """One event."""
        file = self._id("f") if isinstance(part, File) else None
        self._files |= {file} if file else set()
        return self._webhook(
            {
                "type": "message",
                "id": self._id("m"),
                "at": now.timestamp(),
                "customer": customer.id,
                "name": customer.name,
                "part": part.model_dump(mode="json"),
                "file": file,
                "reply_to": reply_to,
            }
        )

    def report(
        self, shown: Shown, status: Literal["sent", "delivered", "read", "failed"], now: datetime
    ) -> Webhook | None:
        """One event."""
        return self._webhook(self._of(shown, now) | {"type": "receipt", "status": status})

    def echo(self, shown: Shown, now: datetime) -> Webhook | None:
        """One event."""
        part: dict[str, JsonValue] = {"kind": "text", "text": shown.text}
        return self._webhook(self._of(shown, now) | {"type": "echo", "part": part})

    def customers(self, number: int) -> Customer:
        """By number."""
        return Customer(f"pebble-{number}", f"Customer {number}")

    def _message(self, call: Call) -> Outcome:
        asked = from_json(call.body)
        key = call.headers.get("idempotency-key", "")
        if key in self._answers:
            return Outcome(Reply(200, self._answers[key]))
        parts = read(asked["parts"])
        shown = tuple(
            Shown(
                self._id("m"),
                asked["to"],
                part.kind,
                in_words(part),
                tuple(option.title for option in getattr(part, "options", ())),
                key,
                asked["delivery"],
            )
            for part in parts
        )
        long = tuple(
            "the text is too long" for each in shown if len(each.text) > Pebble.limits.text
        )
        answer: JsonValue = {"ids": [each.platform_id for each in shown]}
        self._answers[key] = answer
        return Outcome(Reply(200, answer), shown, problems=long)

    def _of(self, shown: Shown, now: datetime) -> dict[str, JsonValue]:
        return {
            "id": shown.platform_id,
            "at": now.timestamp(),
            "customer": shown.to,
            "delivery": shown.delivery_id,
        }

    def _webhook(self, event: dict[str, JsonValue]) -> Webhook:
        body = to_json({"account": "pebble-1", "events": [event]})
        return Webhook({"X-Pebble-Signature": signature(self._account, body)}, body)

    def _id(self, letter: str) -> str:
        return f"{letter}-{self._run}-{next(self._numbers)}"
