"""Parts in Telegram's forms, and what has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.telegram.compose.form import Attached, Sending
from rejoinder.channels.telegram.compose.keyboard import Pressed, callback_data, inline, label
from rejoinder.channels.telegram.compose.message import compose
from rejoinder.channels.telegram.compose.multipart import multipart
from rejoinder.channels.telegram.errors import Unsendable
from rejoinder.channels.telegram.played.fields import pressed
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    Choice,
    File,
    FileKind,
    ListMenu,
    Option,
    Part,
    QuickReplies,
    Reaction,
    Row,
    Section,
    Template,
    Text,
    Unsupported,
)
from tests.channels.telegram.parts import PARTS, SHOP

METHODS = {
    "text": "sendMessage",
    "image": "sendPhoto",
    "gif": "sendAnimation",
    "voice": "sendVoice",
    "song": "sendAudio",
    "video": "sendVideo",
    "pdf": "sendDocument",
    "sheet": "sendMessage",  # Telegram fetches no such document: its address is sent
    "sticker": "sendSticker",
    "location": "sendLocation",
    "venue": "sendVenue",
    "contact": "sendContact",
    "contacts": "sendMessage",
    "replies": "sendMessage",
    "list": "sendMessage",
    "carousel": "sendPhoto",
    "card": "sendMessage",
}


def made(*parts: Part, group: bool = False) -> Sending:
    return compose(parts, {}, group=group)


def uploaded(kind: FileKind, mime_type: str, size: int = 4) -> str:
    file = Attached(b"x" * size, mime_type, "a")
    return compose((File(kind=kind, media_id="m"),), {"m": file}, group=False).method


def titles(sending: Sending) -> list[list[str]]:
    markup = sending.fields["reply_markup"]
    assert isinstance(markup, dict)
    rows = markup.get("inline_keyboard") or markup.get("keyboard")
    assert isinstance(rows, list)
    return [[each["text"] for each in row] for row in rows]  # type: ignore[index,union-attr,misc,call-overload]


@pytest.mark.parametrize("name", METHODS)
def test_each_part_has_its_method(name: str) -> None:
    assert made(PARTS[name]).method == METHODS[name]


UPLOADS: dict[tuple[FileKind, str, int], str] = {
    ("image", "image/jpeg", 4): "sendPhoto",
    ("image", "image/jpeg", 10_000_001): "sendDocument",
    ("image", "image/svg+xml", 4): "sendDocument",
    ("image", "image/gif", 4): "sendAnimation",
    ("audio", "audio/ogg; codecs=opus", 4): "sendVoice",
    ("audio", "audio/mpeg", 4): "sendAudio",
    ("audio", "audio/wav", 4): "sendDocument",
    ("video", "video/mp4", 4): "sendVideo",
    ("video", "video/quicktime", 4): "sendDocument",
    ("sticker", "image/webp", 4): "sendSticker",
    ("sticker", "image/png", 4): "sendPhoto",
    ("document", "text/plain", 4): "sendDocument",
}


@pytest.mark.parametrize("file", UPLOADS)
def test_our_own_files_go_as_what_they_are(file: tuple[FileKind, str, int]) -> None:
    assert uploaded(*file) == UPLOADS[file]


def test_a_document_that_telegram_would_not_fetch_is_a_link() -> None:
    assert made(PARTS["sheet"]).fields == {"text": f"order.xlsx\n{SHOP}/a.xlsx"}


def test_texts_before_a_file_are_its_caption() -> None:
    sending = made(Text(text="Look"), PARTS["image"])
    assert sending.fields == {"photo": f"{SHOP}/a.png", "caption": "Look\n\nOur beans"}


def test_quick_replies_stand_in_place_of_the_keyboard() -> None:
    markup = made(PARTS["replies"]).fields["reply_markup"]
    assert markup == {
        "keyboard": [[{"text": "Tea"}, {"text": "Coffee"}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    in_group = made(PARTS["replies"], group=True).fields["reply_markup"]
    assert isinstance(in_group, dict)
    assert in_group["selective"] is True


def test_quick_replies_with_payloads_are_buttons_which_bring_them_back() -> None:
    markup = made(PARTS["payloads"]).fields["reply_markup"]
    assert markup == {"inline_keyboard": [[{"text": "Tea", "callback_data": "t"}]]}


def test_buttons_with_header_and_footer() -> None:
    sending = made(PARTS["buttons"])
    assert sending.fields["text"] == "Order\n\nRight?\n\nBye"
    assert sending.fields["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Yes", "callback_data": "yes"}, {"text": "Shop", "url": SHOP}]
        ]
    }


def test_an_address_that_no_button_opens_stands_in_the_text() -> None:
    call = Button(title="Call", url="tel:+66812345678")
    sending = made(Buttons(text="Help?", buttons=(call,)))
    assert sending.fields == {"text": "Help?\n\nCall: tel:+66812345678"}


def test_a_list_has_a_row_a_button_and_tells_of_the_rows() -> None:
    sending = made(PARTS["list"])
    assert sending.fields["text"] == "Our coffees\n\nBeans\n- Dark: Roast"
    assert titles(sending) == [["Dark"], ["Light"]]


def test_a_list_too_long_to_tell_of_its_rows_keeps_its_text() -> None:
    rows = tuple(Row(title=f"Row {n}", description="x" * 90) for n in range(60))
    sending = made(ListMenu(text="y" * 4000, button="Look", sections=(Section(rows=rows),)))
    assert sending.fields["text"] == "y" * 4000
    assert len(titles(sending)) == 60


def test_more_than_a_hundred_are_all_in_the_text() -> None:
    options = tuple(Option(title=f"Choice {n}") for n in range(1, 131))
    sending = made(QuickReplies(text="Which?", options=options))
    assert "\n130. Choice 130" in str(sending.fields["text"])
    assert sum(map(len, titles(sending))) == 100


def test_a_carousel_is_numbered_under_its_first_picture() -> None:
    sending = made(PARTS["carousel"])
    assert sending.fields["caption"] == "1. Dark\n500 g\n\n2. Light"
    assert titles(sending) == [["1. Yes", "2. Shop"]]
    long = Carousel(cards=(Card(title="A", text="x" * 1025, image_url=f"{SHOP}/a.png"),))
    assert made(long).method == "sendMessage"


UNSENDABLE: dict[str, tuple[Part, ...]] = {
    "a template": (Template(name="hello", language="en"),),
    "a reaction": (Reaction(emoji="👍", of="1:2"),),
    "what nobody can show": (Unsupported(what="hologram"),),
    "two pictures": (PARTS["image"], PARTS["gif"]),
    "a text and a place": (Text(text="Here"), PARTS["location"]),
    "a text and a sticker": (Text(text="Here"), PARTS["sticker"]),
    "nothing": (Text(text=" "),),
    "a long text": (Text(text="x" * 4097),),
    "a long caption": (File(kind="image", url=f"{SHOP}/a.png", text="x" * 1025),),
    "a file that is gone": (File(kind="image", media_id="m"),),
}


@pytest.mark.parametrize("name", UNSENDABLE)
def test_what_has_no_form_is_said_so(name: str) -> None:
    with pytest.raises(Unsendable) as never:
        made(*UNSENDABLE[name])
    assert str(never.value)


def test_a_file_that_is_too_large_to_upload() -> None:
    with pytest.raises(Unsendable):
        uploaded("document", "text/plain", 50_000_001)


def test_a_text_is_counted_in_characters() -> None:
    assert made(Text(text="🙂" * 4096)).method == "sendMessage"


def test_a_choice_of_the_customer_s_is_its_title() -> None:
    assert made(Choice(title="Yes")).fields == {"text": "Yes"}


@given(st.text(min_size=1, max_size=400))
def test_what_comes_back_always_fits(payload: str) -> None:
    data = callback_data(payload)
    assert 1 <= len(data.encode()) <= 64
    assert data == payload or len(payload.encode()) > 64
    assert callback_data(payload + "!") != data


@given(st.lists(st.tuples(st.text(max_size=90), st.text(max_size=90)), min_size=1, max_size=120))
def test_buttons_always_have_a_label_and_an_action(found: list[tuple[str, str]]) -> None:
    markup = inline([Pressed(title, payload) for title, payload in found])
    buttons = pressed(markup)
    assert len(buttons) == min(len(found), 100)
    for each in buttons:
        text, data = each["text"], each["callback_data"]
        assert isinstance(text, str)
        assert isinstance(data, str)
        assert 1 <= len(text) <= 64
        assert 1 <= len(data.encode()) <= 64


def test_a_label_is_cut_between_characters() -> None:
    family = "👩‍👩‍👧‍👦"
    assert label(family * 20).removesuffix("…") in [family * n for n in range(20)]


@given(st.text(max_size=40), st.binary(max_size=60))
def test_a_form_holds_its_file_whole(filename: str, data: bytes) -> None:
    body, content_type = multipart({"chat_id": -5}, "photo", Attached(data, "image/png", filename))
    boundary = content_type.partition("boundary=")[2].encode()
    head, _, rest = body.partition(b"Content-Type: image/png\r\n\r\n")
    assert rest == data + b"\r\n--" + boundary + b"--\r\n"
    assert head.count(b"\r\n") == 6  # a file name adds no line
    assert b'name="chat_id"\r\n\r\n-5\r\n' in head
