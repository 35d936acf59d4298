"""Parts become LINE's messages: in its best form, within its limits, and by its own description."""

from __future__ import annotations

from typing import Any

import pytest

from rejoinder.channels.line.compose import Found, compose
from rejoinder.channels.line.errors import Unsendable
from rejoinder.channels.line.form.action import untitled
from rejoinder.channels.line.form.fit import units
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Carousel,
    Contact,
    File,
    Location,
    Option,
    Part,
    QuickReplies,
    Reaction,
    Template,
    Text,
)
from tests.channels.line.parts import NOTHING, PICTURE, cards, made, menu, two

FAMILY = "👨‍👩‍👧"  # one character to a reader, 8 UTF-16 units


def test_a_text() -> None:
    assert made(Text(text="We open at nine.")) == [{"type": "text", "text": "We open at nine."}]


def test_a_long_text_is_several_messages_of_one_request() -> None:
    objects = made(Text(text="One more sentence. " * 600))
    assert 3 <= len(objects) <= 5
    assert all(units(each["text"]) <= 5000 for each in objects)


def test_more_than_a_request_takes_is_refused_rather_than_cut() -> None:
    with pytest.raises(Unsendable, match="send it in parts"):
        compose((Text(text="x" * 30_000),), NOTHING)


def test_many_short_texts_are_joined() -> None:
    objects = made(*(Text(text=f"Point {number}.") for number in range(9)))
    assert [each["text"] for each in objects] == [
        "\n\n".join(f"Point {number}." for number in range(9))
    ]


def test_quick_replies_bring_their_payload_and_title_back() -> None:
    options = (Option(title="Small", payload="size_s"), Option(title="Something else"))
    (shown,) = made(QuickReplies(text="Which size?", options=options))
    first, second = (each["action"] for each in shown["quickReply"]["items"])
    assert (first["type"], untitled(first["data"])) == ("postback", ("size_s", "Small"))
    assert (second["type"], second["text"]) == ("message", "Something else")


def test_quick_replies_stand_with_the_last_message_because_line_shows_no_others() -> None:
    replies = QuickReplies(text="Which?", options=(Option(title="A"),))
    first, last = made(replies, File(kind="image", url=PICTURE))
    assert "quickReply" not in first
    assert last["quickReply"]["items"]


def test_of_more_than_thirteen_replies_all_are_named_and_thirteen_can_be_tapped() -> None:
    options = tuple(Option(title=f"Size {number}") for number in range(15))
    (shown,) = made(QuickReplies(text="Which?", options=options))
    assert len(shown["quickReply"]["items"]) == 13
    assert "15. Size 14" in shown["text"]


def test_two_buttons_are_a_confirmation() -> None:
    (shown,) = made(Buttons(text="Shall I book it?", buttons=two("Yes", "No")))
    assert shown["template"]["type"] == "confirm"
    assert shown["altText"] == "Shall I book it?"


def test_up_to_four_buttons_are_a_template() -> None:
    part = Buttons(text="Which one?", header="Sizes", footer="Free returns", buttons=two(*"ABC"))
    (shown,) = made(part)
    assert shown["template"]["type"] == "buttons"
    assert (shown["template"]["title"], shown["template"]["text"]) == (
        "Sizes",
        "Which one?\nFree returns",
    )


@pytest.mark.parametrize(
    "part",
    [
        Buttons(text="Which one?", buttons=two(*"ABCDE")),
        Buttons(text="Which one? " * 30, buttons=two(*"ABC")),
    ],
)
def test_more_buttons_or_words_are_a_bubble_and_nothing_is_lost(part: Buttons) -> None:
    (shown,) = made(part)
    assert shown["type"] == "flex"
    assert shown["contents"]["body"]["contents"][0]["text"] == part.text
    assert len(shown["contents"]["footer"]["contents"]) == len(part.buttons)


def test_very_long_words_come_before_the_bubble() -> None:
    text, bubble = made(Buttons(text="Do read this. " * 200, buttons=two("Yes", "No")))
    assert text["type"] == "text"
    assert bubble["type"] == "flex"


def test_a_button_opens_an_address() -> None:
    button = Button(title="Order", url="https://shop.example/käse?q=a b")
    (shown,) = made(Buttons(text="Here", buttons=(button,)))
    (action,) = shown["template"]["actions"]
    assert action["uri"] == "https://shop.example/k%C3%A4se?q=a%20b"


@pytest.mark.parametrize("url", ["ftp://shop.example", "shop", "https://a.example/" + "x" * 1000])
def test_an_address_that_line_would_not_open_is_refused(url: str) -> None:
    with pytest.raises(Unsendable):
        compose((Buttons(text="Here", buttons=(Button(title="Go", url=url),)),), NOTHING)


def test_a_payload_too_long_for_line_comes_back_as_the_title() -> None:
    (shown,) = made(Buttons(text="Pick", buttons=(Button(title="Blue", payload="x" * 301),)))
    assert shown["template"]["actions"] == [{"type": "message", "label": "Blue", "text": "Blue"}]


def test_labels_are_cut_between_characters_and_what_is_said_is_not() -> None:
    title = FAMILY * 25
    (shown,) = made(Buttons(text="Pick", buttons=(Button(title=title, payload="p"),)))
    (action,) = shown["template"]["actions"]
    assert action["label"] == FAMILY * 19 + "…"
    assert action["displayText"] == title


def test_a_list_is_a_bubble_whose_rows_are_tapped_and_stand_in_full() -> None:
    (shown,) = made(menu(10))
    rows = [each for each in shown["contents"]["body"]["contents"] if "action" in each]
    assert len(rows) == 10
    assert rows[9]["contents"][0]["text"] == "A cake with a rather long name, number 9"


def test_a_list_too_big_for_a_bubble_is_numbered_lines() -> None:
    objects = made(menu(60, "x" * 300))
    assert {each["type"] for each in objects} == {"text"}
    text = "".join(each["text"] for each in objects)
    assert "60. A cake with a rather long name, number 59 - x" in text


def test_cards_of_one_form_are_a_template() -> None:
    (shown,) = made(Carousel(cards=cards(10)))
    assert len(shown["template"]["columns"]) == 10


def test_more_than_ten_cards_are_a_second_carousel() -> None:
    assert [len(each["template"]["columns"]) for each in made(Carousel(cards=cards(12)))] == [10, 2]


@pytest.mark.parametrize(
    "odd",
    [
        {"buttons": ()},
        {"buttons": two("Order", "Ask")},
        {"image_url": None},
        {"text": None},
        {"text": "Sweet " * 20},
    ],
)
def test_cards_that_differ_are_bubbles(odd: dict[str, Any]) -> None:
    (shown,) = made(Carousel(cards=(*cards(2), *cards(1, **odd))))
    assert shown["type"] == "flex"
    assert len(shown["contents"]["contents"]) == 3


def test_a_picture_and_its_caption() -> None:
    picture, caption = made(File(kind="image", url=PICTURE, text="The blue one"))
    assert picture == {
        "type": "image",
        "originalContentUrl": PICTURE,
        "previewImageUrl": PICTURE,
    }
    assert caption["text"] == "The blue one"


def test_a_video_needs_a_picture_before_it() -> None:
    part = File(kind="video", url="https://shop.example/a.mp4", text="How it works")
    (link,) = made(part)
    assert link["text"] == "How it works\nhttps://shop.example/a.mp4"
    film, _ = made(part, found=Found(still=PICTURE))
    assert film["previewImageUrl"] == PICTURE


def test_a_recording_needs_its_length() -> None:
    part = File(kind="audio", media_id="m1", mime_type="audio/mp4")
    addresses = {"m1": "https://shop.example/m1"}
    assert made(part, found=Found(addresses))[0]["type"] == "text"
    (shown,) = made(part, found=Found(addresses, {"m1": 1500}))
    assert (shown["type"], shown["duration"]) == ("audio", 1500)


@pytest.mark.parametrize(
    "part",
    [
        File(kind="document", url="https://shop.example/price list.pdf", filename="Prices.pdf"),
        File(kind="image", url="http://shop.example/a.png"),
        File(kind="image", url="https://shop.example/a.webp", mime_type="image/webp"),
        File(kind="audio", url="https://shop.example/a.m4a"),
    ],
)
def test_what_line_has_no_form_for_is_a_link(part: File) -> None:
    (shown,) = made(part)
    assert shown["type"] == "text"
    assert part.url
    assert part.url in shown["text"]


def test_a_sticker_of_lines_shop() -> None:
    url = "https://store.line.me/sticker?packageId=446&stickerId=1988"
    (shown,) = made(File(kind="sticker", url=url))
    assert shown == {"type": "sticker", "packageId": "446", "stickerId": "1988"}


def test_a_place_has_a_title_and_an_address_though_none_was_given() -> None:
    (shown,) = made(Location(latitude=13.7, longitude=100.5))
    assert (shown["title"], shown["address"]) == ("13.7, 100.5", "13.7, 100.5")


def test_a_contact_is_lines_of_text() -> None:
    (shown,) = made(Contact(name="Ann", phones=("+66 2 123",), emails=("ann@shop.example",)))
    assert shown["text"] == "Ann\n+66 2 123\nann@shop.example"


@pytest.mark.parametrize(
    "part",
    [
        Template(name="order_ready", language="en"),
        Reaction(emoji="👍", of="1"),
        File(kind="image"),
        Text(text=" "),
    ],
)
def test_what_has_no_form_is_refused_in_words(part: Part) -> None:
    with pytest.raises(Unsendable):
        compose((part,), NOTHING)
