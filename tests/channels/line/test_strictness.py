"""The played LINE refuses what LINE would."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pydantic import JsonValue

from rejoinder.channels.line.played.fields import wrongs
from rejoinder.channels.line.simulated import SimulatedLine
from tests.channels.line.calls import ACCOUNT, HELLO, NOW, PUSH, call, push
from tests.channels.line.platform import CUSTOMER


@pytest.fixture
def line() -> SimulatedLine:
    return SimulatedLine(ACCOUNT)


def action(**more: JsonValue) -> dict[str, JsonValue]:
    return {"type": "message", "label": "Yes", "text": "Yes", **more}


def template(**more: JsonValue) -> dict[str, JsonValue]:
    shown: JsonValue = {"type": "buttons", "text": "Sure?", "actions": [action()], **more}
    return {"type": "template", "altText": "Sure?", "template": shown}


def carousel(*columns: JsonValue) -> dict[str, JsonValue]:
    shown: JsonValue = {"type": "carousel", "columns": [*columns]}
    return {"type": "template", "altText": "Look", "template": shown}


def flex(*inside: JsonValue) -> dict[str, JsonValue]:
    box: JsonValue = {"type": "box", "layout": "vertical", "contents": [*inside]}
    return {"type": "flex", "altText": "Look", "contents": {"type": "bubble", "body": box}}


PICTURE = "https://shop.example/a.png"
COLUMN: dict[str, JsonValue] = {"text": "One", "actions": [action()]}


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ({"type": "text", "text": ""}, "text"),
        ({"type": "text", "text": "🍎" * 2501}, "text"),
        ({"type": "text"}, "text"),
        ({"type": "smell"}, "type"),
        ({"type": "image", "originalContentUrl": PICTURE}, "previewImageUrl"),
        (
            {"type": "image", "originalContentUrl": "http://a.example", "previewImageUrl": PICTURE},
            "originalContentUrl",
        ),
        ({"type": "audio", "originalContentUrl": PICTURE, "duration": 0}, "duration"),
        ({**HELLO, "quickReply": {"items": [{"action": action()}] * 14}}, "quickReply.items"),
        (
            {**HELLO, "quickReply": {"items": [{"action": action(label="x" * 21)}]}},
            "quickReply.items[0].action.label",
        ),
        (template(text="x" * 161), "template.text"),
        (template(text="x" * 61, title="T"), "template.text"),
        (template(actions=[action()] * 5), "template.actions"),
        (template(actions=[action(type="fly")]), "template.actions[0].type"),
        (template(type="confirm"), "template.actions"),
        (carousel(COLUMN, {**COLUMN, "title": "Two"}), "template.columns"),
        (carousel(COLUMN, {**COLUMN, "actions": [action()] * 2}), "template.columns"),
        (carousel({**COLUMN, "actions": []}), "template.columns[0].actions"),
        (flex({"type": "text", "text": ""}), "contents[0].body.contents[0].text"),
        (flex({"type": "text", "text": "x" * 30_000}), "contents"),
        (
            flex({"type": "box", "action": action(text="")}),
            "contents[0].body.contents[0].action.text",
        ),
    ],
)
def test_what_line_would_refuse_is_refused(message: JsonValue, where: str) -> None:
    line = SimulatedLine(ACCOUNT)
    refused = push(line, str(uuid4()), NOW, message)
    assert refused.reply.status == 400
    assert f"messages[0].{where}" in {each.where for each in wrongs([message])}
    assert refused.shown == ()


@pytest.mark.parametrize("messages", [[], [HELLO] * 6, "hello", None])
def test_a_request_has_one_to_five_messages(line: SimulatedLine, messages: JsonValue) -> None:
    body = {"to": CUSTOMER, "messages": messages}
    assert line.take(call(PUSH, body), NOW).reply.status == 400


def test_a_field_that_line_does_not_know_is_taken_and_told(line: SimulatedLine) -> None:
    outcome = push(line, str(uuid4()), NOW, {**HELLO, "colour": "blue"})
    assert outcome.reply.status == 200
    assert outcome.problems == ("messages[0].colour: The description has no such field",)
