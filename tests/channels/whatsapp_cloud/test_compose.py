"""The parts of one message become one request that WhatsApp takes, or the reason why they can't."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.channels.whatsapp_cloud.adapter import recipient
from rejoinder.channels.whatsapp_cloud.compose import Attached, Unsayable, compose
from rejoinder.channels.whatsapp_cloud.media import shown_as
from rejoinder.conversations.content import (
    Choice,
    Contact,
    File,
    Location,
    Order,
    Part,
    Reaction,
    Template,
    Text,
    Unsupported,
)
from tests.channels.whatsapp_cloud.test_menus import made

PICTURE = Attached("image", {"link": "https://example.com/a.jpg"})
IMAGE = File(kind="image", url="https://example.com/a.jpg", text="A house")
PLACE = Location(latitude=10.5, longitude=-106.25, name="Shop", address="1 Main St")
AN = Contact(name="An Pham", phones=("+84901112222",), emails=("an@example.com",))

FORMS: list[tuple[tuple[Part, ...], dict[str, Any]]] = [
    ((Text(text="Hello"),), {"type": "text", "text": {"body": "Hello"}}),
    (
        (Text(text="See https://example.com"),),
        {"type": "text", "text": {"body": "See https://example.com", "preview_url": True}},
    ),
    ((Text(text="One"), Text(text="Two")), {"type": "text", "text": {"body": "One\n\nTwo"}}),
    (
        (PLACE,),
        {
            "type": "location",
            "location": {
                "latitude": 10.5,
                "longitude": -106.25,
                "name": "Shop",
                "address": "1 Main St",
            },
        },
    ),
    (
        (AN, Contact(name="Bo")),
        {
            "type": "contacts",
            "contacts": [
                {
                    "name": {"formatted_name": "An Pham", "first_name": "An Pham"},
                    "phones": [{"phone": "+84901112222"}],
                    "emails": [{"email": "an@example.com"}],
                },
                {"name": {"formatted_name": "Bo", "first_name": "Bo"}},
            ],
        },
    ),
    (
        (Reaction(emoji="👍", of="wamid.in.1"),),
        {"type": "reaction", "reaction": {"message_id": "wamid.in.1", "emoji": "👍"}},
    ),
    (
        (Reaction(emoji=None, of="wamid.in.1"),),
        {"type": "reaction", "reaction": {"message_id": "wamid.in.1", "emoji": ""}},
    ),
    (
        (
            Template(
                name="hello", language="vi", parameters=("Linh", "two\n\nlines\tand      gaps", " ")
            ),
        ),
        {
            "type": "template",
            "template": {
                "name": "hello",
                "language": {"code": "vi"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "text": "Linh"},
                            {"type": "text", "text": "two lines and   gaps"},
                            {"type": "text", "text": "–"},
                        ],
                    }
                ],
            },
        },
    ),
    (
        (Template(name="plain", language="en_US"),),
        {"type": "template", "template": {"name": "plain", "language": {"code": "en_US"}}},
    ),
    (
        (Template(name="own", language="en", components=[{"type": "header"}]),),
        {
            "type": "template",
            "template": {
                "name": "own",
                "language": {"code": "en"},
                "components": [{"type": "header"}],
            },
        },
    ),
]


@pytest.mark.parametrize(("parts", "form"), FORMS)
def test_each_kind_has_its_form(parts: tuple[Part, ...], form: dict[str, Any]) -> None:
    assert made(*parts) == form


def test_a_file_carries_its_words_as_caption() -> None:
    content = made(Text(text="Look"), IMAGE, attached=PICTURE)
    assert content["image"] == {
        "link": "https://example.com/a.jpg",
        "caption": "Look\n\nA house",
    }


def test_a_document_has_its_name() -> None:
    attached = Attached("document", {"id": "7"}, "invoice.pdf")
    content = made(File(kind="document", media_id="x"), attached=attached)
    assert content["document"] == {"id": "7", "filename": "invoice.pdf"}


def test_words_that_a_file_can_not_carry_name_its_address() -> None:
    voice = File(kind="audio", url="https://example.com/a.ogg")
    attached = Attached("audio", {"link": "https://example.com/a.ogg"})
    assert made(voice, attached=attached) == {"type": "audio", "audio": attached.handle}
    said = made(Text(text="Listen"), voice, attached=attached)
    assert said["text"]["body"] == "Listen\n\nhttps://example.com/a.ogg"
    long = made(Text(text="x" * 1025), IMAGE, attached=PICTURE)
    assert long["text"]["body"].endswith("A house\n\nhttps://example.com/a.jpg")


def test_what_does_not_go_together_is_said_in_words() -> None:
    said = made(Text(text="We are here:"), PLACE)["text"]["body"]
    assert said == ("We are here:\n\nShop\n1 Main St\nhttps://maps.google.com/?q=10.5,-106.25")
    both = made(PLACE, AN)["text"]["body"]
    assert both.endswith("An Pham\n+84901112222\nan@example.com")
    six = made(*(Contact(name=f"Person {n}") for n in range(6)))
    assert six["type"] == "text"


@pytest.mark.parametrize(
    "parts",
    [
        (Text(text=""),),
        (Text(text="x" * 4097),),
        (File(kind="image", media_id="gone"),),
        (Text(text="x" * 1025), File(kind="sticker", media_id="1")),
        (Text(text="and"), Template(name="t", language="en")),
        (Text(text="and"), Reaction(emoji="👍", of="m")),
        (Template(name="t", language="en"), PLACE),
        (Choice(title="mine"),),
        (Order(order={}),),
        (Unsupported(what="x"),),
    ],
)
def test_what_can_not_be_sent_says_why(parts: tuple[Part, ...]) -> None:
    content = compose(parts)
    assert isinstance(content, Unsayable)
    assert content.why


@pytest.mark.parametrize(
    ("kind", "mime_type", "size", "shown"),
    [
        ("image", "image/jpeg", 5 * 1024 * 1024, "image"),
        ("image", "image/jpeg", 5 * 1024 * 1024 + 1, "document"),
        ("image", "image/gif", 10, "document"),
        ("image", None, 0, "image"),
        ("audio", "audio/ogg; codecs=opus", 10, "audio"),
        ("audio", "audio/wav", 10, "document"),
        ("video", "video/quicktime", 10, "document"),
        ("sticker", "image/webp", 600 * 1024, "document"),
        ("document", "application/zip", 10, "document"),
    ],
)
def test_a_file_whatsapp_does_not_show_goes_as_a_document(
    kind: str, mime_type: str | None, size: int, shown: str
) -> None:
    assert shown_as(kind, mime_type, size) == shown


def outgoing(thread_key: str = "84901234567", **changed: Any) -> Outgoing:
    """A message on its way."""
    given: dict[str, Any] = {
        "delivery_id": uuid4(),
        "conversation_id": uuid4(),
        "message_id": uuid4(),
        "turn_id": None,
        "seq": 2,
        "attempt": 1,
        "uncounted": 0,
        "orphaned": False,
        "thread_key": thread_key,
        "sender_type": "ai",
        "kind": "text",
        "text": "Hello",
        "content": [],
        "metadata": {},
        "received_at": datetime(2026, 1, 1, tzinfo=UTC),
        "answers": ["wamid.in.1"],
        "channel_id": uuid4(),
        "platform": "whatsapp_cloud",
        "settings": {},
        "credentials": None,
        "allow_private_networks": True,
        "priority": 50,
    }
    return Outgoing(**(given | changed))


@pytest.mark.parametrize(
    ("thread", "identities", "to"),
    [
        ("84901234567", {}, {"recipient_type": "individual", "to": "84901234567"}),
        ("VN.77", {}, {"recipient_type": "individual", "recipient": "VN.77"}),
        (
            "VN.77",
            {"whatsapp_user": "VN.99"},
            {"recipient_type": "individual", "recipient": "VN.99"},
        ),
        (
            "VN.77",
            {"whatsapp_user": "VN.77", "phone": "84901234567"},
            {"recipient_type": "individual", "to": "84901234567"},
        ),
        (
            "84901234567",
            {"phone": "84909999999"},
            {"recipient_type": "individual", "to": "84909999999"},
        ),
        (
            "Y2FwaV9ncm91cDox",
            {"phone": "84901234567"},
            {"recipient_type": "group", "to": "Y2FwaV9ncm91cDox"},
        ),
        ("", {}, None),
    ],
)
def test_it_goes_to_the_number_else_to_the_user_id(
    thread: str, identities: dict[str, str], to: dict[str, str] | None
) -> None:
    assert recipient(outgoing(thread, identities=identities)) == to
