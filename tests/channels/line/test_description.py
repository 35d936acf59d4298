"""Whatever is made keeps to LINE's own description, its library's models and our tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linebot.v3.messaging import PushMessageRequest  # type: ignore[import-untyped]

from rejoinder.channels.line.compose import Found
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    File,
    Location,
    Option,
    Part,
    QuickReplies,
    Text,
)
from tests.channels.line.description import Description
from tests.channels.line.parts import PICTURE, cards, made, menu, two

TITLES = st.text(min_size=1, max_size=60).filter(str.strip)
BUTTONS = st.builds(
    Button, title=TITLES, payload=st.none() | TITLES, url=st.none() | st.just("https://a.example/ö")
)
SHOWN = (
    st.builds(Text, text=TITLES)
    | st.builds(
        QuickReplies,
        text=TITLES,
        options=st.lists(
            st.builds(Option, title=TITLES, payload=st.none() | TITLES), min_size=1
        ).map(tuple),
    )
    | st.builds(
        Buttons,
        text=st.text(min_size=1, max_size=300).filter(str.strip),
        header=st.none() | TITLES,
        footer=st.none() | TITLES,
        buttons=st.lists(BUTTONS, min_size=1, max_size=6).map(tuple),
    )
    | st.builds(
        Carousel,
        cards=st.lists(
            st.builds(
                Card,
                title=TITLES,
                text=st.none() | TITLES,
                image_url=st.none() | st.just(PICTURE),
                buttons=st.lists(BUTTONS, max_size=4).map(tuple),
            ),
            min_size=1,
            max_size=12,
        ).map(tuple),
    )
    | st.builds(
        Location,
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        name=st.none() | TITLES,
        address=st.none() | st.text(min_size=1, max_size=200).filter(str.strip),
    )
)


@settings(deadline=None)
@given(st.lists(SHOWN, min_size=1, max_size=2))
def test_whatever_is_made_keeps_to_the_tables_and_the_vendors_models(parts: list[Part]) -> None:
    body = {"to": "U1", "messages": made(*parts)}
    read = PushMessageRequest.from_dict(body)
    assert read is not None
    assert _keeps(read.to_dict(), body)


@pytest.fixture(scope="session")
def description(data: Path) -> Description:
    return Description(data / "openapi/line/messaging-api.yml")


FORMS: list[tuple[Part, ...]] = [
    (Text(text="hello"),),
    (QuickReplies(text="Which?", options=(Option(title="A", payload="a"), Option(title="B"))),),
    (Buttons(text="Which?", buttons=two("Yes", "No")),),
    (Buttons(text="Which?", header="Sizes", buttons=two(*"ABC")),),
    (Buttons(text="Which?", header="Sizes", footer="Now", buttons=two(*"ABCDE")),),
    (Buttons(text="Where?", buttons=(Button(title="Shop", url="https://shop.example"),)),),
    (menu(4),),
    (Carousel(cards=cards(11)),),
    (Carousel(cards=(*cards(2), *cards(1, buttons=()))),),
    (File(kind="image", url=PICTURE, text="blue"), Location(latitude=1, longitude=2)),
    (File(kind="video", url="https://shop.example/a.mp4"),),
    (File(kind="audio", media_id="m1"),),
    (File(kind="sticker", url="https://store.line.me/?packageId=1&stickerId=2"),),
]


@pytest.mark.parametrize("parts", FORMS, ids=lambda parts: parts[0].kind)
def test_every_form_keeps_to_the_published_description(
    parts: tuple[Part, ...], description: Description
) -> None:
    found = Found({"m1": "https://shop.example/m1"}, {"m1": 1500}, PICTURE)
    messages = made(*parts, found=found)
    assert description.wrong({"to": "U1", "messages": messages}, "PushMessageRequest") == []
    assert description.wrong({"replyToken": "t", "messages": messages}, "ReplyMessageRequest") == []


def test_the_reader_of_the_description_finds_what_is_wrong(description: Description) -> None:
    items = [{"action": {"type": "uri", "uri": "https://a.example", "data": "x"}}] * 14
    bad = {"type": "text", "txt": "hello", "quickReply": {"items": items}}
    wrong = description.wrong(
        {"to": "U1", "messages": [bad, {"type": "smell"}]}, "PushMessageRequest"
    )
    assert "PushMessageRequest.messages[0].text is missing" in wrong
    assert "PushMessageRequest.messages[0].txt is unknown" in wrong
    assert "PushMessageRequest.messages[0].quickReply.items has 14 entries" in wrong
    assert "PushMessageRequest.messages[0].quickReply.items[0].action.data is unknown" in wrong
    assert "PushMessageRequest.messages[1].kind 'smell' is missing" in wrong


def _keeps(whole: Any, part: Any) -> bool:
    """Whether all that `part` says stands in `whole`, which may have defaults beside it."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and _keeps(whole[name], each) for name, each in part.items()
        )
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(_keeps, whole, part))
    return bool(whole == part)
