"""The played platform speaks as Meta does: what it posts is signed and read, what it is sent is held against limits."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import puremagic
import pytest

from rejoinder.channels.port.adapter import Account, Request
from rejoinder.channels.port.event import Echoed, Identity, Reported, Said
from rejoinder.channels.port.simulated import Call, Outcome, Reply, Simulated, Webhook
from rejoinder.channels.whatsapp_cloud.adapter import WhatsAppCloud
from rejoinder.channels.whatsapp_cloud.played.files import SAMPLES
from rejoinder.channels.whatsapp_cloud.simulated import SimulatedWhatsAppCloud
from rejoinder.conversations.content import (
    Choice,
    Contact,
    File,
    Location,
    Part,
    Reaction,
    Text,
    Unsupported,
)

ADAPTER = WhatsAppCloud()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT = Account(uuid4(), {}, dict(SimulatedWhatsAppCloud.credentials))
TOKEN = SimulatedWhatsAppCloud.credentials["access_token"]
MESSAGES = "/v25.0/100000000000001/messages"


@pytest.fixture
def played() -> SimulatedWhatsAppCloud:
    """A fresh one."""
    simulated: Simulated = SimulatedWhatsAppCloud(ACCOUNT)
    assert isinstance(simulated, SimulatedWhatsAppCloud)
    return simulated


def call(
    method: str,
    path: str,
    body: object = None,
    *,
    token: str = TOKEN,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Call:
    """A request."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    known = {"authorization": f"Bearer {token}", "host": "127.0.0.1:9", **(headers or {})}
    return Call(method, path, query or {}, known, raw)


def post(played: SimulatedWhatsAppCloud, **message: object) -> Outcome:
    """Send a message."""
    body = {"messaging_product": "whatsapp", "to": "+1 555 000 0001", **message}
    return played.take(call("POST", MESSAGES, body), NOW)


def code(reply: Reply) -> object:
    """The code of an error."""
    assert isinstance(reply.json, dict)
    error = reply.json["error"]
    assert isinstance(error, dict)
    assert error["fbtrace_id"]
    return error["code"]


def read(webhook: Webhook) -> Said | Reported | Echoed:
    """Its only event, after its signature was checked."""
    ADAPTER.verify(ACCOUNT, Request("POST", webhook.headers, {}, webhook.body), NOW)
    (event,) = ADAPTER.parse(ACCOUNT, webhook.body)
    assert isinstance(event, Said | Reported | Echoed)
    assert event.account == "100000000000001"
    return event


@pytest.mark.parametrize(
    "part",
    [
        Text(text="Xin chào 👋 a/b"),
        Location(latitude=1.5, longitude=2.5, name="Here", address="There"),
        Contact(name="An", phones=("+1555",)),
        Choice(title="Yes", payload="y", of="wamid.x"),
        Choice(title="Row", payload="r", description="more", of="wamid.x"),
        Choice(title="Sent", form={"a": 1}, of="wamid.x"),
        Reaction(emoji="👍", of="wamid.x"),
        Reaction(emoji=None, of="wamid.x"),
        Unsupported(what="poll"),
    ],
)
def test_what_a_customer_says_is_read_as_it_was_said(
    played: SimulatedWhatsAppCloud, part: Part
) -> None:
    said = read(played.said(played.customers(1), part, NOW))
    assert isinstance(said, Said)
    assert said.parts == (part,)
    assert said.at == NOW


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_file_is_what_it_claims_to_be(played: SimulatedWhatsAppCloud, kind: str) -> None:
    said = read(played.said(played.customers(1), File(kind=kind), NOW))
    assert isinstance(said, Said)
    (media,) = said.media
    reply = played.take(call("GET", f"/v25.0/{media.id}"), NOW).reply
    assert isinstance(reply.json, dict)
    assert reply.json["sha256"] == media.sha256
    assert str(reply.json["url"]).startswith(
        "http://127.0.0.1:9/whatsapp_business/attachments/?mid="
    )
    until = str(int(NOW.timestamp()) + 300)
    query = {"mid": media.id or "", "ext": until}
    fetched = played.take(call("GET", "/whatsapp_business/attachments/", query=query), NOW).reply
    assert fetched.body is not None
    told = {found.mime_type.partition("/")[2] for found in puremagic.magic_string(fetched.body)}
    assert fetched.content_type.partition(";")[0].partition("/")[2] in told
    late = NOW + timedelta(minutes=6)
    assert (
        played.take(call("GET", "/whatsapp_business/attachments/", query=query), late).reply.status
        == 404
    )


def test_the_body_is_escaped_as_meta_escapes_it(played: SimulatedWhatsAppCloud) -> None:
    webhook = played.said(played.customers(1), Text(text="ä/b"), NOW)
    assert rb"\u00e4\/b" in webhook.body


def test_one_customer_in_ten_shows_no_number(played: SimulatedWhatsAppCloud) -> None:
    hidden = played.customers(9)
    said = read(played.said(hidden, Text(text="hi"), NOW))
    assert isinstance(said, Said)
    assert said.thread == hidden.id
    assert said.sender.identities == (Identity("whatsapp_user", hidden.id),)
    assert SimulatedWhatsAppCloud(ACCOUNT).customers(9) == hidden


def test_what_was_given_along_comes_back_in_receipts(played: SimulatedWhatsAppCloud) -> None:
    (shown,) = post(played, text={"body": "hi"}, biz_opaque_callback_data="d-1").shown
    for status in ("sent", "delivered", "read", "failed"):
        reported = read(played.report(shown, status, NOW))
        assert isinstance(reported, Reported)
        assert (reported.status, reported.platform_id) == (status, shown.platform_id)
        assert (reported.delivery_id, reported.thread) == ("d-1", "15550000001")
        assert (reported.failure == "permanent") == (status == "failed")


def test_an_echo_is_of_a_person_in_the_app(played: SimulatedWhatsAppCloud) -> None:
    (shown,) = post(played, text={"body": "hi"}).shown
    echoed = read(played.echo(shown, NOW))
    assert isinstance(echoed, Echoed)
    assert (echoed.platform_id, echoed.thread, echoed.text) == (
        shown.platform_id,
        "15550000001",
        "hi",
    )


def test_what_was_sent_with_a_button_comes_back(played: SimulatedWhatsAppCloud) -> None:
    buttons = {"buttons": [{"type": "reply", "reply": {"id": "size:m", "title": "Medium"}}]}
    interactive = {"type": "button", "body": {"text": "Which?"}, "action": buttons}
    (shown,) = post(played, type="interactive", interactive=interactive).shown
    assert shown.options == ("Medium",)
    tapped = Choice(title="Medium", of=shown.platform_id)
    said = read(played.said(played.customers(1), tapped, NOW))
    assert isinstance(said, Said)
    assert said.parts == (Choice(title="Medium", payload="size:m", of=shown.platform_id),)
    assert said.reply_to == shown.platform_id


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"type": "image", "image": {"link": "https://x/y", "caption": "Look"}}, "Look"),
        ({"type": "sticker", "sticker": {"link": "https://x/y"}}, "[sticker]"),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "1.0, 2.0"),
        ({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}, "👍"),
        (
            {
                "type": "contacts",
                "contacts": [{"name": {"formatted_name": "An", "first_name": "An"}}],
            },
            "An",
        ),
        (
            {
                "type": "template",
                "template": {
                    "name": "hello",
                    "language": {"code": "vi"},
                    "components": [
                        {"type": "body", "parameters": [{"type": "text", "text": "Linh"}]}
                    ],
                },
            },
            "[template hello] Linh",
        ),
    ],
)
def test_the_customer_sees_each_kind(
    played: SimulatedWhatsAppCloud, message: dict[str, object], text: str
) -> None:
    (shown,) = post(played, **message).shown
    assert (shown.kind, shown.text) == (message["type"], text)


def test_a_list_and_a_link_can_be_tapped(played: SimulatedWhatsAppCloud) -> None:
    rows = {"button": "Open", "sections": [{"rows": [{"id": "r1", "title": "Row"}]}]}
    menu = {"type": "list", "body": {"text": "All"}, "action": rows}
    assert post(played, type="interactive", interactive=menu).shown[0].options == ("Row",)
    parameters = {"display_text": "See", "url": "https://example.com"}
    link = {
        "type": "cta_url",
        "body": {"text": "All"},
        "action": {"name": "cta_url", "parameters": parameters},
    }
    assert post(played, type="interactive", interactive=link).shown[0].options == ("See",)
    pictured = {**menu, "header": {"type": "image", "image": {"link": "https://x/y"}}}
    assert code(post(played, type="interactive", interactive=pictured).reply) == 131009


def test_a_group_is_shown_no_buttons(played: SimulatedWhatsAppCloud) -> None:
    buttons = {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Yes"}}]}
    menu = {"type": "button", "body": {"text": "?"}, "action": buttons}
    asked = post(played, recipient_type="group", to="Y2Fw", type="interactive", interactive=menu)
    assert code(asked.reply) == 131009


def test_ids_look_like_whatsapps_and_never_repeat(played: SimulatedWhatsAppCloud) -> None:
    ids = {post(played, text={"body": "hi"}).shown[0].platform_id for _ in range(50)}
    assert len(ids) == 50
    assert all(b"15550000001" in base64.b64decode(each.removeprefix("wamid.")) for each in ids)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": {"body": "x" * 4097}}, 131009),
        ({"text": {"body": ""}}, 131009),
        ({"text": {}}, 131008),
        ({"text": {"body": "hi", "colour": "red"}}, 100),
        ({"text": {"body": "hi"}, "colour": "red"}, 100),
        ({"type": "hologram", "hologram": {}}, 131009),
        ({"type": "image", "text": {"body": "hi"}}, 131009),
        ({"type": "image", "image": {"id": "1", "link": "https://x/y"}}, 131009),
        ({"type": "image", "image": {"id": "never-uploaded"}}, 131009),
        ({"type": "image", "image": {"link": "https://x/y", "caption": "x" * 1025}}, 131009),
        ({"type": "reaction", "reaction": {"emoji": "x"}}, 131008),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "An"}}]}, 131009),
        ({"text": {"body": "hi"}, "to": "", "recipient": ""}, 131009),
        ({"text": {"body": "hi"}, "to": ""}, 131009),
        ({"text": {"body": "hi"}, "messaging_product": "sms"}, 131009),
        ({"text": {"body": "hi"}, "biz_opaque_callback_data": "x" * 513}, 131009),
    ],
)
def test_a_wrong_request_gets_metas_error(
    played: SimulatedWhatsAppCloud, message: dict[str, object], error: int
) -> None:
    outcome = post(played, **message)
    assert code(outcome.reply) == error
    assert outcome.shown == ()


def test_who_has_no_token_gets_nothing(played: SimulatedWhatsAppCloud) -> None:
    reply = played.take(call("POST", MESSAGES, {}, token="another"), NOW).reply
    assert (reply.status, code(reply)) == (401, 190)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v25.0/1/messages/more", 404),
        ("POST", "/v25.0/999999/messages", 400),
        ("DELETE", MESSAGES, 400),
        ("GET", "/v25.0/999999", 400),
    ],
)
def test_another_path_gets_metas_error(
    played: SimulatedWhatsAppCloud, method: str, path: str, status: int
) -> None:
    reply = played.take(call(method, path, {}), NOW).reply
    assert reply.status == status
    assert code(reply) in (100, 2500)


def test_a_version_that_is_gone_is_a_problem(played: SimulatedWhatsAppCloud) -> None:
    body = {"messaging_product": "whatsapp", "to": "1555", "text": {"body": "hi"}}
    old = played.take(call("POST", MESSAGES.replace("v25.0", "v20.0"), body), NOW)
    assert old.problems == ("v20.0 is gone",)


def test_a_call_tells_to_whom_it_sends(played: SimulatedWhatsAppCloud) -> None:
    assert played.sends(call("POST", MESSAGES, {"to": "+1 (555) 000-0001"})) == "15550000001"
    assert played.sends(call("POST", MESSAGES, {"recipient": "US.1"})) == "US.1"
    read_mark = {"status": "read", "message_id": "wamid.x"}
    assert played.sends(call("POST", MESSAGES, read_mark)) is None
    assert played.sends(call("POST", MESSAGES, b"not json")) is None
    assert played.sends(call("GET", "/v25.0/100000000000001")) is None


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"null"])
def test_a_body_that_is_none_is_refused(played: SimulatedWhatsAppCloud, body: bytes) -> None:
    assert code(played.take(call("POST", MESSAGES, body), NOW).reply) == 131008


def test_an_upload_without_a_file_is_refused(played: SimulatedWhatsAppCloud) -> None:
    path = "/v25.0/100000000000001/media"
    reply = played.take(call("POST", path, {"file": "x"}), NOW).reply
    assert code(reply) == 100
