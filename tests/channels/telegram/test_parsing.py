"""Every kind of update is read as what it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.port.event import Edited, Identity, Moved, Noted, Odd, Said
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.conversations.content import (
    Choice,
    Contact,
    File,
    Location,
    Part,
    Reaction,
    Text,
    Unsupported,
    read,
    stored,
)
from tests.channels.telegram.bot import CUSTOMER, GROUP, PAYLOADS, account, parsed, payload

OGG, PDF = "audio/ogg", "application/pdf"

PARTS: dict[str, tuple[Part, str]] = {
    "text": (Text(text="Do you ship to Chiang Mai? 🙂"), "Do you ship to Chiang Mai? 🙂"),
    "start": (Text(text="/start"), "/start"),
    "voice": (File(kind="audio", mime_type=OGG, voice=True), "[voice message]"),
    "audio": (
        File(kind="audio", mime_type="audio/mpeg", filename="song.mp3"),
        "[audio: song.mp3]",
    ),
    "video": (File(kind="video", mime_type="video/mp4", filename="a.mp4"), "[video: a.mp4]"),
    "video_note": (File(kind="video", mime_type="video/mp4"), "[video]"),
    "animation": (
        File(kind="video", mime_type="video/mp4", filename="cat.mp4"),
        "[video: cat.mp4]",
    ),
    "document": (
        File(kind="document", mime_type=PDF, filename="order.pdf", text="My order"),
        "[document: order.pdf] My order",
    ),
    "sticker": (
        File(kind="sticker", mime_type="application/x-tgsticker", text="👍"),
        "[sticker: 👍]",
    ),
    "location": (Location(latitude=13.75, longitude=100.5), "[location: 13.75, 100.5]"),
    "venue": (
        Location(latitude=13.75, longitude=100.5, name="Café", address="1 Road"),
        "[location: Café, 1 Road, 13.75, 100.5]",
    ),
    "contact_other": (
        Contact(name="Nok", phones=("66899999999",)),
        "[contact: Nok, 66899999999]",
    ),
    "poll": (Text(text="[poll: Which?]\n- Dark\n- Light"), "[poll: Which?]\n- Dark\n- Light"),
    "dice": (Text(text="🎲 5"), "🎲 5"),
    "rich": (Text(text="Beans\nDark, 500 g"), "Beans\nDark, 500 g"),
    "story": (Unsupported(what="story"), "[unsupported: story]"),
    "hologram": (Unsupported(what="hologram"), "[unsupported: hologram]"),
    "nul": (Text(text="ab \ufffd"), "ab \ufffd"),
}


def heard(name: str, **settings: str) -> Said:
    event = parsed(name, **settings)
    assert isinstance(event, Said), event
    return event


@pytest.mark.parametrize("name", PARTS)
def test_what_a_customer_says(name: str) -> None:
    said = heard(name)
    assert (said.parts[0], said.text) == PARTS[name]
    assert said.thread == CUSTOMER
    assert said.sender.identities == (Identity("telegram_user", CUSTOMER),)
    assert said.sender.name == "Mai Sombat"
    assert said.external_id.startswith(f"{CUSTOMER}:")
    assert said.at == datetime.fromtimestamp(1793000000, UTC)
    assert (said.source, said.asks, said.mentioned, said.account) == ("direct", True, False, None)
    assert read(stored(said.parts)) == said.parts


def test_the_largest_size_of_a_photo_and_its_album() -> None:
    said = heard("photo")
    assert said.parts == (File(kind="image", text="Is this the one?", mime_type="image/jpeg"),)
    assert [(each.id, each.part, each.size) for each in said.media] == [("large", 0, 99000)]
    assert said.metadata == {"media_group_id": "13900001"}


def test_a_deep_link_s_payload_is_beside_the_text() -> None:
    assert heard("start").metadata == {"start": "spring_sale"}


def test_a_reply_and_a_forwarded_message() -> None:
    assert heard("reply").reply_to == f"{CUSTOMER}:44"
    assert heard("forwarded").forwarded
    assert not heard("text").forwarded


def test_the_customer_s_own_card_brings_their_number() -> None:
    assert heard("contact_own").sender.identities[1:] == (Identity("phone", "66812345678"),)
    assert heard("contact_other").sender.identities[1:] == ()


def test_a_tap_on_a_button() -> None:
    said = heard("tap")
    assert said.external_id == "callback:4382900000000000001"
    choice = Choice(title="Dark roast", payload="dark", of=f"{CUSTOMER}:45")
    assert (said.parts, said.text, said.thread) == ((choice,), "Dark roast", CUSTOMER)
    assert said.metadata == {"callback_query_id": "4382900000000000001"}


def test_a_tap_under_a_message_that_is_shown_no_more() -> None:
    said = heard("tap_inaccessible")
    assert said.parts == (Choice(title="dark", payload="dark", of=f"{GROUP}:45"),)
    assert (said.source, said.thread, said.mentioned) == ("group", GROUP, True)


def test_reactions() -> None:
    said = heard("reaction")
    assert said.parts == (Reaction(emoji="❤", of=f"{CUSTOMER}:45"),)
    assert (said.asks, said.external_id.startswith("reaction:")) == (False, True)
    assert heard("reaction_gone").parts == (Reaction(emoji=None, of=f"{CUSTOMER}:45"),)
    others = heard("reaction_others")
    assert others.parts == (Reaction(emoji="\u2b50\ufffc", of=f"{GROUP}:45"),)
    assert others.source == "group"


def test_a_changed_message() -> None:
    event = parsed("edited")
    assert isinstance(event, Edited)
    assert (event.text, event.thread) == ("To Lamphun, I mean", CUSTOMER)
    assert event.at == datetime.fromtimestamp(1793000030, UTC)
    assert isinstance(parsed("edited_place"), Noted)


MENTIONS = {
    "group_talk": False,
    "group_mention": True,
    "group_other": False,
    "group_text_mention": True,
    "group_reply": True,
    "group_topic": False,
    "group_command": True,
    "group_caption": True,
    "group_anonymous": False,
}


@pytest.mark.parametrize("name", MENTIONS)
def test_whether_a_group_speaks_to_us(name: str) -> None:
    said = heard(name, username="@shop_bot")
    assert (said.thread, said.source, said.mentioned) == (GROUP, "group", MENTIONS[name])


def test_a_name_that_is_not_known_is_nobody_s() -> None:
    assert not heard("group_mention").mentioned
    assert heard("group_text_mention").mentioned


def test_a_topic_is_no_answer_to_its_first_message() -> None:
    assert heard("group_topic").reply_to is None
    assert heard("group_reply").metadata == {"topic": "12"}


def test_a_group_that_speaks_as_itself() -> None:
    sender = heard("group_anonymous").sender
    assert (sender.identities, sender.name) == (
        (Identity("telegram_user", GROUP),),
        "Bean lovers",
    )


@pytest.mark.parametrize("name", ["group_migrated", "group_migrated_from"])
def test_a_group_that_moves(name: str) -> None:
    assert parsed(name) == Moved("-77", GROUP)


def test_a_customer_who_blocks_the_bot() -> None:
    blocked, unblocked = parsed("blocked"), parsed("unblocked")
    assert isinstance(blocked, Noted)
    assert isinstance(unblocked, Noted)
    assert (blocked.unreachable, unblocked.unreachable) == (True, False)
    assert blocked.sender
    assert blocked.sender.identities == (Identity("telegram_user", CUSTOMER),)


NOTICES = (
    *("tap_game", "group_joined", "group_members", "bot_message", "channel_post"),
    *("business_message", "business_deleted", "inline_query"),
)


@pytest.mark.parametrize("name", NOTICES)
def test_what_asks_for_nothing(name: str) -> None:
    event = parsed(name)
    assert isinstance(event, Noted)
    assert event.unreachable is None


def test_what_nobody_understands_is_odd() -> None:
    assert isinstance(parsed("unknown"), Odd)
    for body in (b"", b"[]", b"7", b"{", b'{"a": NaN}', b"\xff", b"[" * 9000, b"1" * 9000):
        (event,) = Telegram().parse(account(), body)
        assert isinstance(event, Odd), body


def test_ids_of_more_than_32_bits_and_those_that_are_none() -> None:
    body = payload("text").replace(b"5200000042", b"4503599627370495")
    (said,) = Telegram().parse(account(), body)
    assert isinstance(said, Said)
    assert said.thread == "4503599627370495"
    for wrong in (b"true", b"null", b"1" * 40, b"1.5", b'"x"'):
        (event,) = Telegram().parse(account(), payload("text").replace(b"5200000042", wrong))
        assert isinstance(event, Odd), wrong


def test_a_deep_rich_text_is_read() -> None:
    block = b'{"type":"bold","text":' * 400 + b'"x"' + b"}" * 400
    body = payload("story").replace(b'"story"', b'"rich_message": {"blocks": [%s]}, "s"' % block)
    (said,) = Telegram().parse(account(), body)
    assert isinstance(said, Said)
    assert said.text == "x"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *("message_id", "chat", "from", "date", "text", "entities", "photo", "voice", "document"),
        *("sticker", "location", "venue", "contact", "poll", "dice", "rich_message", "type"),
        *("reply_to_message", "sender_chat", "id", "username", "data", "message", "user"),
        *("new_reaction", "old_chat_member", "new_chat_member", "migrate_to_chat_id", "blocks"),
    ]
)
KINDS = st.sampled_from(
    ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
)
RECORDS = st.dictionaries(FIELDS, JSON | st.dictionaries(FIELDS, JSON, max_size=5), max_size=8)


@given(kind=KINDS, event=RECORDS, name=st.sampled_from(sorted(p.stem for p in PAYLOADS.iterdir())))
def test_whatever_stands_in_an_update_is_read(
    kind: str, event: dict[str, object], name: str
) -> None:
    """Fields of any type, alone and over those of a real update."""
    telegram, bot = Telegram(), account(username="shop_bot")
    update = {"update_id": 5, kind: event}
    base = json.loads(payload(name))
    mixed = {
        key: value | event if isinstance(value, dict) else value for key, value in base.items()
    }
    for body in (update, mixed):
        (found,) = telegram.parse(bot, json.dumps(body).encode())
        if isinstance(found, Said):
            assert read(stored(found.parts)) == found.parts
            assert "\0" not in found.text + found.thread + found.external_id


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_read(body: bytes) -> None:
    assert len(Telegram().parse(account(), body)) == 1
