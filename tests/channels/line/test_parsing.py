"""What LINE posts becomes events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linebot.v3.webhook import WebhookParser  # type: ignore[import-untyped]

from rejoinder.channels.line.adapter import Line
from rejoinder.channels.line.form.action import titled
from rejoinder.channels.line.webhook.verify import signed
from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.event import (
    Edited,
    Identity,
    InboundEvent,
    MediaRef,
    Noted,
    Odd,
    Said,
    TakenBack,
)
from rejoinder.conversations.content import Choice, File, Location, Text, Unsupported
from tests.channels.line.platform import CHANNEL, CUSTOMER, GROUP

BOT = "U" + 32 * "f"
AT = datetime(2026, 1, 1, 9, 0, 0, 123_000, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"
ACCOUNT = Account(CHANNEL, {}, {})

UNPOSTED = {"batch", "bare", "edited", "message_unknown"}
"""What LINE would not post so, or what its library does not know yet."""
POSTED = [path for path in sorted(PAYLOADS.glob("*.json")) if path.stem not in UNPOSTED]


def parsed(body: bytes) -> list[InboundEvent]:
    return Line().parse(ACCOUNT, body)


def events(name: str) -> list[InboundEvent]:
    return parsed((PAYLOADS / f"{name}.json").read_bytes())


def said(name: str) -> Said:
    (event,) = events(name)
    assert isinstance(event, Said)
    return event


def test_a_verify_post_is_nothing() -> None:
    assert events("verify") == []


def test_a_text_brings_all_that_an_answer_needs() -> None:
    event = said("text")
    assert event.parts == (Text(text="Do you have it in blue? (hello)"),)
    assert (event.thread, event.source, event.at) == (CUSTOMER, "direct", AT)
    assert event.sender.identities == (Identity("line_user", CUSTOMER),)
    assert event.external_id == "580123456789012345"
    assert event.reply_token == "a1b2c3d4e5f60718293a4b5c6d7e8f90"
    assert event.read_token == "r1"
    assert event.reply_to == "580123456789012000"
    assert event.account == BOT
    assert event.asks


@pytest.mark.parametrize(("name", "to_us"), [("group_mention", True), ("group_talk", False)])
def test_a_group_is_one_thread_of_several_people(name: str, to_us: bool) -> None:
    event = said(name)
    assert (event.thread, event.source, event.mentioned) == (GROUP, "group", to_us)
    assert event.sender.identities == (Identity("line_user", CUSTOMER),)


def test_a_group_stands_for_members_that_line_does_not_name() -> None:
    event = said("room_nameless")
    assert event.source == "room"
    assert event.sender.identities == (Identity("line_room", event.thread),)


def test_a_mention_by_the_accounts_id_counts_where_is_self_is_missing() -> None:
    body = json.loads((PAYLOADS / "group_mention.json").read_text())
    del body["events"][0]["message"]["mention"]["mentionees"][0]["isSelf"]
    (event,) = parsed(json.dumps(body).encode())
    assert isinstance(event, Said)
    assert event.mentioned


def test_pictures_are_fetched_from_line_by_the_messages_id() -> None:
    event = said("image_of_two")
    assert event.media == (MediaRef(part=0, id="580123456789012345"),)
    assert event.text == "[image]"
    assert event.metadata == {"album": {"id": "ALBUM1", "index": 1, "total": 2}}


def test_pictures_of_elsewhere_are_fetched_there() -> None:
    assert said("image_elsewhere").media == (
        MediaRef(part=0, url="https://pictures.example/a.jpg"),
    )


@pytest.mark.parametrize(
    ("name", "part", "text"),
    [
        ("video", File(kind="video", mime_type="video/mp4"), "[video]"),
        ("audio", File(kind="audio", mime_type="audio/mp4", voice=True), "[voice message]"),
        ("file", File(kind="document", filename="order.pdf"), "[document: order.pdf]"),
        ("sticker", File(kind="sticker", text="thanks, bow"), "[sticker: thanks, bow]"),
        ("message_unknown", Unsupported(what="hologram"), "[unsupported: hologram]"),
        (
            "location",
            Location(
                latitude=13.7288,
                longitude=100.5334,
                name="Office",
                address="1 Rama IV Road, Bangkok",
            ),
            "[location: Office, 1 Rama IV Road, Bangkok, 13.7288, 100.5334]",
        ),
    ],
)
def test_every_kind_of_message(name: str, part: Any, text: str) -> None:
    event = said(name)
    assert (event.parts, event.text) == ((part,), text)
    assert len(event.media) == (name in ("video", "audio", "file"))


def test_a_tap_on_our_button_has_its_title() -> None:
    event = said("postback")
    assert event.parts == (Choice(title="Medium", payload="size_m"),)
    assert event.text == "Medium"
    assert event.external_id == "01KDWQ7Z3C8N5T0V2Y4B6D8F0H"
    assert event.reply_token == "a1b2"


def test_a_tap_in_a_group_speaks_to_us() -> None:
    body = json.loads((PAYLOADS / "postback.json").read_text())
    body["events"][0]["source"] = {"type": "group", "groupId": GROUP, "userId": CUSTOMER}
    (event,) = parsed(json.dumps(body).encode())
    assert isinstance(event, Said)
    assert event.mentioned


def test_a_tap_on_somebody_elses_button_says_its_data_and_what_was_picked() -> None:
    event = said("postback_menu")
    form = {"datetime": "2026-03-01T10:30"}
    assert event.parts == (Choice(title="action=book", payload="action=book", form=form),)
    assert event.text == "action=book (datetime: 2026-03-01T10:30)"


def test_turning_the_rich_menu_asks_nothing() -> None:
    assert isinstance(events("rich_menu_turned")[0], Noted)


def test_edits_and_unsends_name_the_message_and_where_it_stands() -> None:
    assert events("edited") == [
        Edited("580123456789012345", "in green, I mean", AT, BOT, GROUP, "group")
    ]
    assert events("unsend") == [TakenBack("580123456789012345", AT, BOT, CUSTOMER, "direct")]


@pytest.mark.parametrize(("name", "unreachable"), [("follow", False), ("unfollow", True)])
def test_followers_can_be_written_to_and_blockers_can_not(name: str, unreachable: bool) -> None:
    (event,) = events(name)
    assert isinstance(event, Noted)
    assert event.unreachable is unreachable
    assert event.sender
    assert event.sender.identities == (Identity("line_user", CUSTOMER),)


def test_on_standby_another_module_answers() -> None:
    (event,) = events("standby")
    assert isinstance(event, Noted)
    assert event.what == "message on standby"


def test_everything_else_is_noted() -> None:
    found = events("notices")
    assert len(found) == 14
    assert all(isinstance(event, Noted) and event.unreachable is None for event in found)


def test_what_nobody_understands_spoils_nothing_beside_it() -> None:
    found = events("batch")
    assert [type(event) for event in found] == [Odd, Said, Odd, Said]
    assert [event.text for event in found if isinstance(event, Said)] == ["first", "second"]


def test_deliveries_without_event_ids_are_told_apart() -> None:
    message, tap = events("bare")
    assert isinstance(message, Said)
    assert isinstance(tap, Said)
    assert tap.external_id.startswith("postback-")
    assert [message, tap] == events("bare")


def test_nul_and_half_emoji_can_be_stored() -> None:
    body = (PAYLOADS / "text.json").read_text().replace("in blue", r"\u0000in\ud83d blue")
    (event,) = parsed(body.encode())
    assert isinstance(event, Said)
    assert event.text == "Do you have it in\ufffd blue? (hello)"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"{}", b'"x"', b"[" * 100_000])
def test_a_body_that_is_none_is_odd(body: bytes) -> None:
    assert [type(event) for event in parsed(body)] == [Odd]


@pytest.mark.parametrize("when", [None, "1767258000123", 0, 1e300, -1, True, 9_999_999_999_999])
def test_a_time_that_is_none_is_odd(when: object) -> None:
    body = json.loads((PAYLOADS / "text.json").read_text())
    body["events"][0]["timestamp"] = when
    assert [type(event) for event in parsed(json.dumps(body).encode())] == [Odd]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3)
    ),
    max_leaves=6,
)
GOOD = [
    json.loads(path.read_text())["events"][0]
    for path in sorted(PAYLOADS.glob("*.json"))
    if path.stem not in ("verify", "batch")
]


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A good event with a few of its fields, at any depth, made something else or taken out."""
    event: Any = json.loads(json.dumps(draw(st.sampled_from(GOOD))))
    for _ in range(draw(st.integers(1, 3))):
        place = event
        while True:
            name = draw(st.sampled_from(sorted(place)))
            if not (isinstance(place[name], dict) and place[name]) or draw(st.booleans()):
                break
            place = place[name]
        if draw(st.booleans()):
            place[name] = draw(JSON)
        else:
            del place[name]
        if not event:
            break
    return {"destination": draw(st.just(BOT) | JSON), "events": [event]}


@settings(deadline=None)
@given(spoiled() | st.fixed_dictionaries({"events": st.lists(JSON)}) | JSON)
def test_nothing_makes_it_raise(body: Any) -> None:
    for event in parsed(json.dumps(body).encode("utf-8", "surrogatepass")):
        if isinstance(event, Said):
            assert event.text
            assert event.thread
            assert event.sender.identities
            assert "\0" not in repr(event)
            event.text.encode()


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(parsed(body), list)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=400), st.text(min_size=1, max_size=400))
def test_our_buttons_data_fits_and_comes_back(payload: str, title: str) -> None:
    data = titled(payload, title)
    if data is None:
        assert len(payload.encode("utf-16-le")) // 2 > 300
    else:
        assert len(data.encode("utf-16-le")) // 2 <= 300


@pytest.mark.parametrize("path", POSTED, ids=lambda path: path.stem)
def test_the_vendors_library_reads_our_payloads(path: Path) -> None:
    body = path.read_text()
    read = WebhookParser("secret").parse(body, signed("secret", body.encode()))
    assert len(read) == len(parsed(body.encode()))


def test_published_samples(data: Path) -> None:
    found = {path.stem: parsed(path.read_bytes()) for path in (data / "samples/line").glob("*")}
    assert len(found) >= 30
    odd = {name for name, read in found.items() if any(isinstance(each, Odd) for each in read)}
    assert odd == {"linesdkpy__27_undefined"}
    kinds = {type(event) for read in found.values() for event in read}
    assert kinds == {Said, Edited, TakenBack, Noted, Odd}
