"""The played LINE: strict where LINE is, and posting what LINE would."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from linebot.v3.webhook import WebhookParser  # type: ignore[import-untyped]
from pydantic import JsonValue

from rejoinder.channels.line.adapter import Line
from rejoinder.channels.line.form.action import titled
from rejoinder.channels.line.played.posts import ulid
from rejoinder.channels.line.simulated import SimulatedLine
from rejoinder.channels.line.webhook.verify import HEADER
from rejoinder.channels.port.event import Said
from rejoinder.channels.port.simulated import Call, Fault, Outcome, Webhook
from rejoinder.conversations.content import (
    Choice,
    Contact,
    File,
    Location,
    Part,
    Reaction,
    Text,
)
from tests.channels.line.calls import ACCOUNT, HELLO, NOW, PUSH, REPLY, call, push
from tests.channels.line.description import Description
from tests.channels.line.platform import CUSTOMER


@pytest.fixture
def line() -> SimulatedLine:
    return SimulatedLine(ACCOUNT)


def reply(line: SimulatedLine, token: str, now: datetime = NOW, **headers: str) -> Outcome:
    return line.take(call(REPLY, {"replyToken": token, "messages": [HELLO]}, **headers), now)


def heard(line: SimulatedLine, part: Part, **more: Any) -> Said:
    posted = line.said(line.customers(1), part, NOW, **more)
    (event,) = Line().parse(ACCOUNT, posted.body)
    assert isinstance(event, Said)
    return event


def token_of(line: SimulatedLine) -> str:
    token = heard(line, Text(text="hello")).reply_token
    assert token
    return token


def test_a_reply_token_is_good_once(line: SimulatedLine) -> None:
    token = token_of(line)
    assert reply(line, token).reply.status == 200
    again = reply(line, token)
    assert (again.reply.status, again.reply.json) == (400, {"message": "Invalid reply token"})
    assert again.shown == ()


def test_and_for_a_minute(line: SimulatedLine) -> None:
    token = token_of(line)
    assert reply(line, token, NOW + timedelta(seconds=60)).reply.status == 400


def test_a_reply_with_a_retry_key_is_refused(line: SimulatedLine) -> None:
    assert reply(line, token_of(line), x_line_retry_key=str(uuid4())).reply.status == 400


def test_a_retry_key_is_known_for_a_day(line: SimulatedLine) -> None:
    key = str(uuid4())
    first = push(line, key)
    again = push(line, key, NOW + timedelta(hours=23))
    assert again.reply.status == 409
    assert again.shown == ()
    accepted = again.reply.headers["x-line-accepted-request-id"]
    assert accepted == first.reply.headers["x-line-request-id"]
    assert push(line, key, NOW + timedelta(hours=24)).reply.status == 200


def test_a_retry_key_is_a_uuid(line: SimulatedLine) -> None:
    assert push(line, "delivery-1").reply.status == 400


def test_what_is_shown_says_to_whom_and_what_can_be_tapped(line: SimulatedLine) -> None:
    key = str(uuid4())
    actions: list[JsonValue] = [
        {"type": "postback", "label": "A lo…", "data": "a", "displayText": "A long one"},
        {"type": "message", "label": "No", "text": "No"},
    ]
    template: JsonValue = {"type": "confirm", "text": "Sure?", "actions": actions}
    message: JsonValue = {"type": "template", "altText": "Sure?", "template": template}
    (shown,) = push(line, key, NOW, message).shown
    assert (shown.to, shown.kind, shown.text) == (CUSTOMER, "template", "Sure?")
    assert shown.options == ("A long one", "No")
    assert shown.key == shown.delivery_id == key
    assert shown.platform_id.isdecimal()


def test_a_tap_sends_what_the_button_was_sent_with(line: SimulatedLine) -> None:
    data = titled("size_m", "Medium")
    action: JsonValue = {
        "type": "postback",
        "label": "Medium",
        "data": data,
        "displayText": "Medium",
    }
    replies: JsonValue = {"items": [{"type": "action", "action": action}]}
    (shown,) = push(line, str(uuid4()), NOW, {**HELLO, "quickReply": replies}).shown
    said = heard(line, Choice(title="Medium", of=shown.platform_id))
    assert said.parts == (Choice(title="Medium", payload="size_m"),)


def test_an_unknown_token_is_refused(line: SimulatedLine) -> None:
    other = Call("GET", "/v2/bot/info", {}, {"authorization": "Bearer other"}, b"")
    assert line.take(other, NOW).reply.status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v2/bot/message/shout"), ("GET", PUSH), ("GET", "/v2/bot/message/1/content")],
)
def test_other_paths_are_not_found(line: SimulatedLine, method: str, path: str) -> None:
    assert line.take(call(path, {}, method), NOW).reply.status == 404


def test_it_is_known_to_whom_a_call_would_send(line: SimulatedLine) -> None:
    token = token_of(line)
    replying = call(REPLY, {"replyToken": token, "messages": [HELLO]})
    assert line.sends(replying) == line.customers(1).id
    assert line.sends(call(PUSH, {"to": CUSTOMER})) == CUSTOMER
    assert line.sends(call("/v2/bot/chat/loading/start", {"chatId": CUSTOMER})) is None
    assert line.take(replying, NOW).reply.status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"chatId": CUSTOMER, "loadingSeconds": 5}, 202),
        ({"chatId": CUSTOMER}, 202),
        ({"chatId": CUSTOMER, "loadingSeconds": 7}, 400),
        ({"chatId": "C1", "loadingSeconds": 5}, 400),
        ({}, 400),
    ],
)
def test_dots_are_for_one_customer(line: SimulatedLine, body: JsonValue, status: int) -> None:
    assert line.take(call("/v2/bot/chat/loading/start", body), NOW).reply.status == status


def test_a_read_token_is_one_that_was_given(line: SimulatedLine) -> None:
    path = "/v2/bot/chat/markAsRead"
    token = heard(line, Text(text="hello")).read_token
    assert line.take(call(path, {"markAsReadToken": token}), NOW).signal == "read"
    assert line.take(call(path, {"markAsReadToken": "other"}), NOW).reply.status == 400


FAULTS: dict[Fault, int] = {
    "throttle": 429,
    "throttle_recipient": 429,
    "fail": 500,
    "reject": 400,
    "bad_credential": 401,
    "window_closed": 400,
}


@pytest.mark.parametrize(("fault", "status"), FAULTS.items())
def test_faults_have_lines_status(line: SimulatedLine, fault: Fault, status: int) -> None:
    assert line.refuse(call(PUSH, {}), fault).status == status


@pytest.mark.parametrize("fault", FAULTS)
def test_and_its_shape(line: SimulatedLine, data: Path, fault: Fault) -> None:
    description = Description(data / "openapi/line/messaging-api.yml")
    assert description.wrong(line.refuse(call(PUSH, {}), fault).json, "ErrorResponse") == []


SAID: list[Part] = [
    Text(text="naïve 🍎"),
    File(kind="image"),
    File(kind="audio", voice=True),
    File(kind="video"),
    File(kind="document", filename="order.pdf"),
    File(kind="sticker"),
    Location(latitude=13.7, longitude=100.5, name="Shop", address="1 Road"),
    Contact(name="Ann", phones=("+6621234567",)),
    Choice(title="Yes", payload="yes"),
]


@pytest.mark.parametrize("part", SAID, ids=lambda part: getattr(part, "kind", None))
def test_the_vendors_library_takes_our_webhooks(line: SimulatedLine, part: Part) -> None:
    posted = line.said(line.customers(1), part, NOW, reply_to="5801")
    (event,) = _read_by_the_vendor(posted)
    assert event.source.user_id == line.customers(1).id
    assert event.reply_token
    assert event.type == ("postback" if isinstance(part, Choice) else "message")


@pytest.mark.parametrize("part", SAID, ids=lambda part: getattr(part, "kind", None))
def test_our_webhooks_keep_to_the_published_description(
    line: SimulatedLine, data: Path, part: Part
) -> None:
    posted = json.loads(line.said(line.customers(1), part, NOW).body)
    assert Description(data / "openapi/line/webhook.yml").wrong(posted, "CallbackRequest") == []


def test_line_tells_bots_of_no_reactions(line: SimulatedLine) -> None:
    posted = line.said(line.customers(1), Reaction(emoji="👍", of="1"), NOW)
    assert _read_by_the_vendor(posted) == []


def test_line_has_neither_receipts_nor_echoes(line: SimulatedLine) -> None:
    (shown,) = push(line, str(uuid4())).shown
    assert line.report(shown, "delivered", NOW) is None
    assert line.echo(shown, NOW) is None


def test_customers_are_the_same_in_every_run() -> None:
    one, other = SimulatedLine(ACCOUNT), SimulatedLine(ACCOUNT)
    assert one.customers(3) == other.customers(3)
    assert len({one.customers(number).id for number in range(200)}) == 200


def test_ids_are_never_the_same_in_two_runs() -> None:
    one, other = SimulatedLine(ACCOUNT), SimulatedLine(ACCOUNT)
    first, second = (heard(each, Text(text="hello")) for each in (one, other))
    assert first.external_id != second.external_id
    assert first.reply_token != second.reply_token


def test_event_ids_begin_with_their_time() -> None:
    early, late = ulid(NOW), ulid(NOW + timedelta(milliseconds=1))
    assert (len(early), len(late)) == (26, 26)
    assert early[:10] < late[:10]


def _read_by_the_vendor(posted: Webhook) -> list[Any]:
    secret = SimulatedLine.credentials["channel_secret"]
    read: list[Any] = WebhookParser(secret).parse(posted.body.decode(), posted.headers[HEADER])
    return read
