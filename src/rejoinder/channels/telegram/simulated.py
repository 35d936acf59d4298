"""Telegram, played: the methods we call, strictly looked at, and updates as it posts them.

Source: Bot API, the methods and types that `played` names. Telegram does not say which limit a 429 is of.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import JsonValue
from pydantic_core import to_json

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.simulated import Call, Customer, Fault, Outcome, Reply, Shown, Webhook
from rejoinder.channels.telegram.compose.keyboard import Object, callback_data
from rejoinder.channels.telegram.parse.reading import Json, key, record, text
from rejoinder.channels.telegram.played import posts
from rejoinder.channels.telegram.played.answers import (
    Asked,
    asked,
    bad_request,
    done,
    file_asked,
    refused,
    unauthorized,
)
from rejoinder.channels.telegram.played.fields import OTHERS, SENDS, Rule, pressed, wrongs
from rejoinder.channels.telegram.played.files import Drawer
from rejoinder.conversations.content import Choice, Part, Reaction

_RETRY_AFTER_S: Final = 1
_KINDS: Final = {
    "message": "text",
    "photo": "image",
    "voice": "audio",
    "animation": "video",
    "venue": "location",
}


@dataclass(slots=True)
class _Kept:
    """What Telegram remembers; all ids begin anywhere, so that no two runs share one."""

    message_id: int = field(default_factory=lambda: 1000 + secrets.randbelow(10**9))
    update_id: int = field(default_factory=lambda: 10**8 + secrets.randbelow(8 * 10**8))
    files: Drawer = field(default_factory=Drawer)
    markups: dict[str, Json] = field(default_factory=dict)
    taps: set[str] = field(default_factory=set)
    webhook: str = ""

    def next_message(self) -> int:
        """A message's id."""
        self.message_id += 1
        return self.message_id

    def next_update(self) -> int:
        """An update's id."""
        self.update_id += 1
        return self.update_id


class SimulatedTelegram:
    """One bot. `blocked` are customers who blocked it, `moved` groups that became supergroups: old id to new."""

    name: ClassVar[str] = "telegram"
    credentials: ClassVar[Mapping[str, str]] = {
        "bot_token": "7100000001:AAplayed-telegram-bot-token-0123456",
        "secret_token": "played-telegram-secret-token",
    }

    def __init__(self, account: Account) -> None:
        self.blocked = set[str]()
        self.moved = dict[str, str]()
        self._token = account.credentials["bot_token"]
        self._secret = account.credentials["secret_token"]
        self._kept = _Kept()

    @property
    def waiting(self) -> frozenset[str]:
        """Taps that were not answered yet: their buttons show a waiting sign."""
        return frozenset(self._kept.taps)

    def take(self, call: Call, now: datetime) -> Outcome:
        """Answer as Telegram would."""
        fetched = file_asked(call)
        if fetched is not None:
            return Outcome(self._file(*fetched))
        method = asked(call)
        if method is None:
            return Outcome(refused(404, "Not Found"))
        if method.token != self._token:
            return Outcome(unauthorized())
        table = SENDS.get(method.method, OTHERS.get(method.method))
        if table is None:
            return Outcome(refused(404, "Not Found: method not found"))
        found = [*wrongs(_with_files(method, table), table)]
        refusal = next((each for each in found if not each.taken), None)
        if refusal is not None:
            return Outcome(bad_request(refusal.words), problems=(refusal.words,))
        problems = tuple(each.words for each in found)
        if method.method in SENDS:
            return self._send(method, now, problems)
        answer = self._others()[method.method](method)
        signal = "typing" if method.method == "sendChatAction" else ""
        return Outcome(answer, signal=signal, problems=problems)

    def sends(self, call: Call) -> str | None:
        """The chat that a message is sent to."""
        method = asked(call)
        if method is None or method.method not in SENDS:
            return None
        return key(method.fields.get("chat_id"))

    def refuse(self, call: Call, fault: Fault) -> Reply:
        """Telegram has no window: a refusal stands for one that has closed."""
        match fault:
            case "throttle" | "throttle_recipient":
                words = f"Too Many Requests: retry after {_RETRY_AFTER_S}"
                return refused(429, words, {"retry_after": _RETRY_AFTER_S})
            case "fail":
                return refused(500, "Internal Server Error")
            case "bad_credential":
                return unauthorized()
            case "reject" | "window_closed":
                return refused(403, "Forbidden: bot was blocked by the user")

    def said(
        self, customer: Customer, part: Part, now: datetime, *, reply_to: str | None = None
    ) -> Webhook:
        """A message; a tap on a button, but a message for one on a reply; a reaction."""
        if isinstance(part, Reaction):
            event = posts.reaction(customer, _message_id(part.of), now, part.emoji)
            return self._update("message_reaction", event)
        if isinstance(part, Choice):
            markup = self._kept.markups.get(part.of or "", {})
            if "keyboard" not in markup:
                return self._update("callback_query", self._tapped(customer, part, markup, now))
        content: Object = {"text": part.title} if isinstance(part, Choice) else {}
        content = content or posts.content(part, self._kept.files)
        if reply_to:
            content["reply_to_message"] = self._ours(customer, _message_id(reply_to), now)
        made = posts.message(customer, self._kept.next_message(), now, content)
        return self._update("message", made)

    def report(
        self, shown: Shown, status: Literal["sent", "delivered", "read", "failed"], now: datetime
    ) -> Webhook | None:
        """Telegram has no receipts."""
        return None

    def echo(self, shown: Shown, now: datetime) -> Webhook | None:
        """A bot does not see its own messages, and nobody else writes in its name."""
        return None

    def customers(self, number: int) -> Customer:
        """Ids of more than 32 bits, as newer users have."""
        return Customer(str(5_000_000_000 + number), f"Customer {number}")

    def _send(self, method: Asked, now: datetime, problems: tuple[str, ...]) -> Outcome:
        chat_id = str(method.fields["chat_id"])
        if chat_id in self.blocked:
            return Outcome(refused(403, "Forbidden: bot was blocked by the user"))
        if chat_id in self.moved:
            words = "group chat was upgraded to a supergroup chat"
            return Outcome(bad_request(words, {"migrate_to_chat_id": int(self.moved[chat_id])}))
        what = method.method.removeprefix("send").lower()
        if not self._is_there(method.fields.get(what)):
            return Outcome(bad_request("wrong remote file identifier specified"))
        message_id, markup = self._kept.next_message(), record(method.fields.get("reply_markup"))
        platform_id = f"{chat_id}:{message_id}"
        self._kept.markups[platform_id] = markup
        result: Object = {
            "message_id": message_id,
            "from": self._me(),
            "chat": {"id": int(chat_id), "type": "group" if int(chat_id) < 0 else "private"},
            "date": int(now.timestamp()),
        }
        words = _words(method)
        if words:
            result["text" if what == "message" else "caption"] = words
        titles = tuple(str(each.get("text")) for each in pressed(markup))
        shown = Shown(platform_id, chat_id, _KINDS.get(what, what), words, titles)
        return Outcome(done(result), (shown,), problems=problems)

    def _is_there(self, file: JsonValue) -> bool:
        """Whether a file can be sent: an address, or the id of one at Telegram."""
        if not isinstance(file, str) or file.startswith(("http://", "https://")):
            return True
        return self._kept.files.get(file) is not None

    def _others(self) -> Mapping[str, Callable[[Asked], Reply]]:
        return {
            "getMe": lambda method: done(self._me()),
            "getWebhookInfo": lambda method: done(self._webhook_info()),
            "getFile": self._get_file,
            "sendChatAction": lambda method: done(True),
            "answerCallbackQuery": self._answer,
            "setWebhook": self._set_webhook,
        }

    def _answer(self, method: Asked) -> Reply:
        query_id = text(method.fields["callback_query_id"]) or ""
        if query_id not in self._kept.taps:
            words = "query is too old and response timeout expired or query ID is invalid"
            return bad_request(words)
        self._kept.taps.discard(query_id)
        return done(True)

    def _get_file(self, method: Asked) -> Reply:
        file_id = str(method.fields["file_id"])
        found = self._kept.files.get(file_id)
        if found is None:
            return bad_request("wrong file_id or the file is temporarily unavailable")
        return done({"file_id": file_id, "file_size": len(found.data), "file_path": found.path})

    def _file(self, token: str, path: str) -> Reply:
        found = self._kept.files.at(path)
        if token != self._token:
            return unauthorized()
        if found is None:
            return refused(404, "Not Found")
        return Reply(200, body=found.data, content_type=found.mime_type)

    def _set_webhook(self, method: Asked) -> Reply:
        self._kept.webhook = str(method.fields["url"])
        return Reply(200, {"ok": True, "result": True, "description": "Webhook was set"})

    def _webhook_info(self) -> Object:
        return {
            "url": self._kept.webhook,
            "has_custom_certificate": False,
            "pending_update_count": 0,
        }

    def _me(self) -> Object:
        return {
            "id": int(self._token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Played bot",
            "username": "played_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": True,
        }

    def _tapped(self, customer: Customer, choice: Choice, markup: Json, now: datetime) -> Object:
        """A tap on our own button of that title; else on one that we never sent."""
        data = callback_data(choice.payload or choice.title)
        buttons: list[JsonValue] = [{"text": choice.title, "callback_data": data}]
        for each in pressed(markup):
            if each.get("text") == choice.title and "callback_data" in each:
                data = str(each["callback_data"])
                buttons = [dict(each)]
        query_id = str(10**18 + secrets.randbelow(8 * 10**18))
        self._kept.taps.add(query_id)
        ours = self._ours(customer, _message_id(choice.of or "0"), now)
        return {
            "id": query_id,
            "from": posts.user(customer),
            "message": ours | {"reply_markup": {"inline_keyboard": [buttons]}},
            "chat_instance": str(secrets.randbelow(10**18)),
            "data": data,
        }

    def _ours(self, customer: Customer, message_id: int, now: datetime) -> Object:
        return {
            "message_id": message_id,
            "from": self._me(),
            "chat": posts.chat(customer),
            "date": int(now.timestamp()),
            "text": "…",
        }

    def _update(self, kind: str, event: Object) -> Webhook:
        body = to_json({"update_id": self._kept.next_update(), kind: event})
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": self._secret,
        }
        return Webhook(headers, body)


def _with_files(method: Asked, table: Mapping[str, Rule]) -> dict[str, JsonValue]:
    """The fields, with a word in place of an uploaded file where one may be."""
    uploaded = {
        name: "uploaded" for name in method.files if table.get(name, Rule("text")).of == "file"
    }
    return {**method.fields, **uploaded}


def _words(method: Asked) -> str:
    """What the customer reads."""
    given = method.fields
    for name in ("text", "caption", "title", "first_name"):
        found = text(given.get(name))
        if found:
            return found
    return ""


def _message_id(platform_id: str) -> int:
    """The number in one of our ids, or alone."""
    last = platform_id.rpartition(":")[2]
    return int(last) if last.isdigit() else 0
