"""LINE, played: the calls we make, strictly looked at, and webhooks as it posts them.

Sources: LINE's OpenAPI descriptions; LINE Developers, "Retry failed API requests", "Send reply messages" (a token is
good once, for about a minute), "Display a loading animation", "Mark messages as read".
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal
from uuid import uuid4

from pydantic import JsonValue

from rejoinder.channels.line.form.action import Object
from rejoinder.channels.line.played.answers import (
    Accepted,
    accepted_before,
    body_of,
    invalid,
    is_uuid,
    looked_at,
    no_json,
    unknown_token,
)
from rejoinder.channels.line.played.fields import Rule, Wrong, fields
from rejoinder.channels.line.played.files import made
from rejoinder.channels.line.played.posts import event, message, webhook
from rejoinder.channels.line.played.shown import taps, title, words
from rejoinder.channels.line.reading import record, records, text
from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.simulated import Call, Customer, Fault, Outcome, Reply, Shown, Webhook
from rejoinder.conversations.content import Choice, File, Part

TOKEN_LIVES: Final = timedelta(minutes=1)
KEY_LIVES: Final = timedelta(hours=24)
INVALID_TOKEN: Final = "Invalid reply token"  # noqa: S105 - LINE's words

_BOT: Final = "/v2/bot"
_ENDPOINT: Final = f"{_BOT}/channel/webhook/endpoint"
_REPLY, _PUSH = f"{_BOT}/message/reply", f"{_BOT}/message/push"
_QUOTED: Final = frozenset({"text", "image", "video", "sticker"})
_QUOTING: Final = frozenset({"text", "sticker"})
_REPLY_FIELDS: Final = {"replyToken": Rule("text"), "notificationDisabled": Rule("yes_no", False)}
_PUSH_FIELDS: Final = {"to": Rule("text"), "notificationDisabled": Rule("yes_no", False)}


@dataclass(slots=True)
class _Kept:
    """What LINE remembers."""

    number: int = field(default_factory=lambda: 10**17 + secrets.randbelow(8 * 10**17))
    replies: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    keys: dict[str, Accepted] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    preparing: set[str] = field(default_factory=set)
    buttons: dict[str, list[Object]] = field(default_factory=dict)
    endpoint: str | None = None

    def next_id(self) -> str:
        """A message's id: digits, growing."""
        self.number += 1 + secrets.randbelow(1000)
        return str(self.number)


class SimulatedLine:
    """One LINE Official Account. `pushes_left` is what is left of the month's quota; None is no end of it."""

    name: ClassVar[str] = "line"
    credentials: ClassVar[Mapping[str, str]] = {
        "channel_secret": "5f2b8c0d1e4a7936b8d5c2f1a0e3947d",
        "channel_access_token": "played-line-channel-access-token-0123456789",
    }

    def __init__(self, account: Account) -> None:
        self.user_id = account.account or f"U{account.channel_id.hex}"
        self.pushes_left: int | None = None
        self._secret = account.credentials["channel_secret"]
        self._token = account.credentials["channel_access_token"]
        self._kept = _Kept()

    def take(self, call: Call, now: datetime) -> Outcome:
        """Answer as LINE would."""
        if call.headers.get("authorization") != f"Bearer {self._token}":
            return Outcome(unknown_token())
        calls: dict[tuple[str, str], Callable[[Call, datetime], Outcome]] = {
            ("POST", _REPLY): self._reply,
            ("POST", _PUSH): self._push,
            ("POST", f"{_BOT}/chat/loading/start"): self._loading,
            ("POST", f"{_BOT}/chat/markAsRead"): self._read,
            ("GET", f"{_BOT}/info"): self._info,
            ("GET", _ENDPOINT): self._endpoint,
            ("PUT", _ENDPOINT): self._set_endpoint,
        }
        answer = calls.get((call.method, call.path))
        if answer is not None:
            return answer(call, now)
        return Outcome(self._content(call) or Reply(404, {"message": "Not found"}))

    def sends(self, call: Call) -> str | None:
        """The customer whom a reply or a push goes to."""
        if call.method != "POST":
            return None
        body = body_of(call) or {}
        if call.path == _PUSH:
            return text(body.get("to"))
        known = self._kept.replies.get(text(body.get("replyToken")) or "")
        return known[0] if call.path == _REPLY and known else None

    def refuse(self, call: Call, fault: Fault) -> Reply:
        """LINE knows no limit of one customer's and no window: those are the channel's limit and a refusal."""
        match fault:
            case "throttle" | "throttle_recipient":
                words = "The API rate limit has been exceeded. Try again later."
                return Reply(429, {"message": words})
            case "fail":
                return Reply(500, {"message": "Internal server error"})
            case "bad_credential":
                return unknown_token()
            case "reject" | "window_closed":
                return invalid([Wrong("The value is not allowed", "messages[0]")])

    def said(
        self, customer: Customer, part: Part, now: datetime, *, reply_to: str | None = None
    ) -> Webhook:
        """A customer's message, with a reply token that is good for a minute; no event for what LINE tells nobody."""
        more: Object = {"replyToken": self._new_token(customer.id, now)}
        tap = self._tapped(part) if isinstance(part, Choice) else None
        if tap is not None and tap["type"] == "postback":
            postback: JsonValue = {"data": tap["data"]}
            return self._post(event("postback", customer.id, now, postback=postback, **more))
        found = {"type": "text", "text": tap["text"]} if tap is not None else message(part)
        if found is None:
            return self._post()
        found = self._named(found, part, reply_to)
        return self._post(event("message", customer.id, now, message=found, **more))

    def report(
        self, shown: Shown, status: Literal["sent", "delivered", "read", "failed"], now: datetime
    ) -> Webhook | None:
        """LINE has no receipts."""
        return None

    def echo(self, shown: Shown, now: datetime) -> Webhook | None:
        """What people write in LINE's own app is told nobody."""
        return None

    def customers(self, number: int) -> Customer:
        """Ids as LINE's: U and 32 hexadecimal digits."""
        digits = hashlib.sha256(f"line customer {number}".encode()).hexdigest()[:32]
        return Customer(f"U{digits}", f"Customer {number}")

    def _reply(self, call: Call, now: datetime) -> Outcome:
        if "x-line-retry-key" in call.headers:
            wrong = Wrong("X-Line-Retry-Key is not supported here", "X-Line-Retry-Key")
            return Outcome(invalid([wrong]))
        body = body_of(call)
        refused, problems = looked_at(body, _REPLY_FIELDS)
        if body is None or refused:
            return Outcome(refused or no_json())
        known = self._kept.replies.pop(text(body["replyToken"]) or "", None)
        if known is None or known[1] <= now:
            return Outcome(Reply(400, {"message": INVALID_TOKEN}))
        return self._carried_out(body, known[0], "", problems)

    def _push(self, call: Call, now: datetime) -> Outcome:
        body, key = body_of(call), call.headers.get("x-line-retry-key", "")
        refused, problems = looked_at(body, _PUSH_FIELDS)
        if body is None or refused:
            return Outcome(refused or no_json())
        if key and not is_uuid(key):
            return Outcome(invalid([Wrong("Must be a UUID", "X-Line-Retry-Key")]))
        before = self._kept.keys.get(key)
        if key and before and now - before.at < KEY_LIVES:
            return Outcome(accepted_before(before), problems=problems)
        if self.pushes_left is not None:
            if self.pushes_left < 1:
                return Outcome(Reply(429, {"message": "You have reached your monthly limit."}))
            self.pushes_left -= 1
        done = self._carried_out(body, text(body["to"]) or "", key, problems)
        if key:
            sent = record(done.reply.json)["sentMessages"]
            assert isinstance(sent, list)
            self._kept.keys[key] = Accepted(done.reply.headers["x-line-request-id"], sent, now)
        return done

    def _carried_out(self, body: Object, to: str, key: str, problems: tuple[str, ...]) -> Outcome:
        sent: list[JsonValue] = []
        shown: list[Shown] = []
        for each in records(body["messages"]):
            platform_id, tapping = self._kept.next_id(), list(taps(dict(each)))
            self._kept.buttons[platform_id] = tapping
            sent.append({"id": platform_id, "quoteToken": secrets.token_urlsafe(24)})
            kind, read = str(each["type"]), words(dict(each))
            options = tuple(title(tap) for tap in tapping)
            shown.append(Shown(platform_id, to, kind, read, options, key, key or None))
        headers = {"x-line-request-id": str(uuid4())}
        return Outcome(
            Reply(200, {"sentMessages": sent}, headers=headers), tuple(shown), problems=problems
        )

    def _loading(self, call: Call, now: datetime) -> Outcome:
        body = body_of(call) or {}
        seconds = body.get("loadingSeconds", 20)
        if not (text(body.get("chatId")) or "").startswith("U"):
            return Outcome(invalid([Wrong("Must be a user's id", "chatId")]))
        if not isinstance(seconds, int) or seconds % 5 or not 5 <= seconds <= 60:
            return Outcome(invalid([Wrong("Must be a multiple of 5 to 60", "loadingSeconds")]))
        return Outcome(Reply(202, {}), signal="typing")

    def _read(self, call: Call, now: datetime) -> Outcome:
        token = text((body_of(call) or {}).get("markAsReadToken"))
        if token not in self._kept.reads:
            return Outcome(invalid([Wrong("It is not one of this bot's", "markAsReadToken")]))
        return Outcome(Reply(200, {}), signal="read")

    def _info(self, call: Call, now: datetime) -> Outcome:
        info: Object = {
            "userId": self.user_id,
            "basicId": "@000played",
            "displayName": "Played LINE account",
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }
        return Outcome(Reply(200, info))

    def _endpoint(self, call: Call, now: datetime) -> Outcome:
        if self._kept.endpoint is None:
            return Outcome(Reply(404, {"message": "Not found"}))
        return Outcome(Reply(200, {"endpoint": self._kept.endpoint, "active": True}))

    def _set_endpoint(self, call: Call, now: datetime) -> Outcome:
        body = body_of(call) or {}
        bad = [*fields(body, {"endpoint": Rule("text", most=500)}, "")]
        if any(not each.taken for each in bad):
            return Outcome(invalid(bad))
        self._kept.endpoint = text(body["endpoint"])
        return Outcome(Reply(200, {}))

    def _content(self, call: Call) -> Reply | None:
        """A file, and whether it can be fetched: sound and films are prepared until they were asked for once."""
        before, _, rest = call.path.partition(f"{_BOT}/message/")
        platform_id, _, what = rest.partition("/")
        found = self._kept.files.get(platform_id)
        if call.method != "GET" or before or found is None:
            return None
        prepared = platform_id not in self._kept.preparing
        if what == "content/transcoding":
            self._kept.preparing.discard(platform_id)
            return Reply(200, {"status": "succeeded" if prepared else "processing"})
        if what != "content":
            return None
        return Reply(200, body=found[0], content_type=found[1]) if prepared else Reply(202, {})

    def _new_token(self, to: str, now: datetime) -> str:
        token = secrets.token_hex(16)
        self._kept.replies[token] = (to, now + TOKEN_LIVES)
        return token

    def _tapped(self, choice: Choice) -> Object:
        """What our own button of that title says; else what a rich menu's would."""
        for tap in self._kept.buttons.get(choice.of or "", []):
            if title(tap) == choice.title and tap["type"] != "uri":
                return tap
        return {"type": "postback", "data": choice.payload or choice.title}

    def _named(self, found: Object, part: Part, reply_to: str | None) -> Object:
        """With the ids that LINE gives a message."""
        platform_id, read = self._kept.next_id(), secrets.token_urlsafe(24)
        self._kept.reads.add(read)
        found = {"id": platform_id, **found, "markAsReadToken": read}
        if found["type"] in _QUOTED:
            found["quoteToken"] = secrets.token_urlsafe(24)
        if reply_to and found["type"] in _QUOTING:
            found["quotedMessageId"] = reply_to
        if isinstance(part, File) and part.kind != "sticker":
            content, mime_type = made(part)
            self._kept.files[platform_id] = (content, mime_type)
            if "fileSize" in found:
                found["fileSize"] = len(content)
            if part.kind in ("audio", "video"):
                self._kept.preparing.add(platform_id)
        return found

    def _post(self, *events: Object) -> Webhook:
        return webhook(self._secret, self.user_id, *events)
