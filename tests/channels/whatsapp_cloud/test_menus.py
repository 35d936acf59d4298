"""What can be tapped takes WhatsApp's best form, and nothing of it is lost where there is none."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.channels.whatsapp_cloud.compose import Attached, Unsayable, compose
from rejoinder.channels.whatsapp_cloud.played.forms import MESSAGE
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    File,
    ListMenu,
    Option,
    Part,
    QuickReplies,
    Reaction,
    Row,
    Section,
    Text,
)


def made(*parts: Part, attached: Attached | None = None) -> dict[str, Any]:
    """A message's content, which WhatsApp takes."""
    content = compose(parts, attached)
    assert not isinstance(content, Unsayable), content.why
    MESSAGE.validate_python({"messaging_product": "whatsapp", "to": "84901234567", **content})
    return cast("dict[str, Any]", content)


def replies(count: int, title: str = "Choice {}") -> QuickReplies:
    options = tuple(Option(title=title.format(n), payload=f"p{n}") for n in range(1, count + 1))
    return QuickReplies(text="Which one?", options=options)


def test_three_replies_are_buttons() -> None:
    interactive = made(replies(3))["interactive"]
    assert interactive["type"] == "button"
    assert interactive["body"] == {"text": "Which one?"}
    assert [each["reply"] for each in interactive["action"]["buttons"]] == [
        {"id": f"p{n}", "title": f"Choice {n}"} for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("count", [4, 10])
def test_up_to_ten_are_a_list(count: int) -> None:
    interactive = made(replies(count))["interactive"]
    assert interactive["type"] == "list"
    (section,) = interactive["action"]["sections"]
    assert len(section["rows"]) == count


def test_more_are_numbered() -> None:
    text = made(replies(11))["text"]["body"]
    assert text.startswith("Which one?\n\n1. Choice 1\n")
    assert text.endswith("\n11. Choice 11")


def test_a_title_without_payload_comes_back_itself() -> None:
    interactive = made(QuickReplies(text="?", options=(Option(title=" Yes "),)))["interactive"]
    assert interactive["action"]["buttons"][0]["reply"] == {"id": "Yes", "title": "Yes"}


def test_a_long_title_is_cut() -> None:
    buttons = made(replies(2, "{} delivery to my home address"))["interactive"]["action"]["buttons"]
    assert [each["reply"]["title"] for each in buttons] == [
        "1 delivery to my…",
        "2 delivery to my…",
    ]


def test_a_list_shows_a_long_title_whole_below() -> None:
    (section,) = made(replies(4, "{} delivery to my home address"))["interactive"]["action"][
        "sections"
    ]
    assert section["rows"][0] == {
        "id": "p1",
        "title": "1 delivery to my home…",
        "description": "1 delivery to my home address",
    }


def test_titles_that_would_look_the_same_when_cut_are_numbered() -> None:
    text = made(replies(4, "Delivery to my home address, number {}"))["text"]["body"]
    assert "2. Delivery to my home address, number 2" in text


@pytest.mark.parametrize(
    "options",
    [
        (Option(title="Yes"), Option(title="Yes")),
        (Option(title="Yes", payload="1"), Option(title="No", payload="1")),
        (Option(title="Yes", payload="x" * 257), Option(title="No")),
        (Option(title=" "), Option(title="No")),
    ],
)
def test_what_could_not_be_told_apart_is_numbered(options: tuple[Option, ...]) -> None:
    assert made(QuickReplies(text="Sure?", options=options))["type"] == "text"


def test_a_body_too_long_for_buttons_is_a_numbered_text() -> None:
    part = QuickReplies(text="x" * 1025, options=(Option(title="Yes"),))
    assert made(part)["text"]["body"].endswith("x\n\n1. Yes")
    assert isinstance(compose([part.model_copy(update={"text": "x" * 4090})]), Unsayable)


def test_one_link_is_a_button_of_its_own_kind() -> None:
    part = Buttons(
        text="Our menu",
        buttons=(Button(title="Open the whole menu", url="https://example.com/menu"),),
        header="Café",
        footer="till 8 pm",
    )
    interactive = made(part)["interactive"]
    assert interactive["type"] == "cta_url"
    assert interactive["action"]["parameters"] == {
        "display_text": "Open the whole menu",
        "url": "https://example.com/menu",
    }
    assert interactive["header"] == {"type": "text", "text": "Café"}
    assert interactive["footer"] == {"text": "till 8 pm"}


def test_links_beside_buttons_stand_in_the_text() -> None:
    part = Buttons(
        text="Book?",
        buttons=(Button(title="Yes"), Button(title="Prices", url="https://example.com/p")),
    )
    interactive = made(part)["interactive"]
    assert interactive["body"]["text"] == "Book?\n\nPrices: https://example.com/p"
    links = Buttons(
        text="See",
        buttons=(
            Button(title="A", url="https://example.com/a"),
            Button(title="B", url="https://example.com/b"),
        ),
    )
    assert (
        made(links)["text"]["body"] == "See\n\nA: https://example.com/a\nB: https://example.com/b"
    )


def test_a_header_and_a_footer_too_long_become_text() -> None:
    part = Buttons(text="Sure?", buttons=(Button(title="Yes"),), header="h" * 61, footer="f" * 61)
    interactive = made(part)["interactive"]
    assert interactive["body"]["text"] == f"{'h' * 61}\n\nSure?\n\n{'f' * 61}"
    assert "header" not in interactive


def test_a_list_has_its_sections_and_descriptions() -> None:
    part = ListMenu(
        text="When?",
        button="Show the free times of day",
        sections=(
            Section(title="Monday", rows=(Row(title="9:00", payload="m9", description="Dr Le"),)),
            Section(rows=(Row(title="10:00", payload="t10"),)),
        ),
    )
    action = made(part)["interactive"]["action"]
    assert action["button"] == "Show the free times…"
    assert [each["title"] for each in action["sections"]] == ["Monday", "2"]
    assert action["sections"][0]["rows"] == [{"id": "m9", "title": "9:00", "description": "Dr Le"}]


def test_a_list_of_eleven_is_numbered_through_its_sections() -> None:
    rows = tuple(Row(title=f"Row {n}") for n in range(6))
    others = tuple(Row(title=f"Line {n}") for n in range(5))
    part = ListMenu(
        text="All",
        button="Open",
        sections=(Section(title="A", rows=rows), Section(title="B", rows=others)),
    )
    text = made(part)["text"]["body"]
    assert "*A*\n1. Row 0" in text
    assert "*B*\n7. Line 0" in text


def card(n: int, *buttons: Button) -> Card:
    return Card(
        title=f"Tea {n}",
        text="green",
        image_url=f"https://example.com/{n}.jpg",
        buttons=buttons,
    )


def test_one_card_is_a_picture_with_buttons() -> None:
    interactive = made(Carousel(cards=(card(1, Button(title="Buy", payload="b1")),)))["interactive"]
    assert interactive["header"] == {
        "type": "image",
        "image": {"link": "https://example.com/1.jpg"},
    }
    assert interactive["body"]["text"] == "*Tea 1*\n\ngreen"


def test_one_card_with_a_link_is_a_picture_with_its_words() -> None:
    image = made(Carousel(cards=(card(1, Button(title="See", url="https://example.com/1")),)))
    assert image["image"]["caption"] == "*Tea 1*\n\ngreen\n\nSee: https://example.com/1"


def test_a_group_gets_words_for_buttons() -> None:
    content = compose([Text(text="Hello."), replies(2)], in_group=True)
    assert content == {
        "type": "text",
        "text": {"body": "Hello.\n\nWhich one?\n\n1. Choice 1\n2. Choice 2"},
    }
    assert isinstance(compose([Reaction(emoji="👍", of="m")], in_group=True), Unsayable)


def test_cards_with_buttons_are_a_list_by_card() -> None:
    cards = tuple(card(n, Button(title=f"Buy {n}", payload=f"b{n}")) for n in range(1, 5))
    interactive = made(Carousel(cards=cards))["interactive"]
    assert interactive["type"] == "list"
    assert [each["title"] for each in interactive["action"]["sections"]] == [
        "Tea 1",
        "Tea 2",
        "Tea 3",
        "Tea 4",
    ]


def test_cards_that_say_the_same_are_numbered_below_the_first_picture() -> None:
    cards = tuple(card(n, Button(title="Buy", payload=f"b{n}")) for n in range(1, 3))
    image = made(Carousel(cards=cards))["image"]
    assert image["link"] == "https://example.com/1.jpg"
    assert "*Tea 2*\n2. Buy" in image["caption"]


def test_cards_with_links_name_them_in_the_text() -> None:
    cards = tuple(card(n, Button(title="See", url=f"https://example.com/{n}")) for n in (1, 2))
    image = made(Carousel(cards=cards))["image"]
    assert "Tea 2 – See: https://example.com/2" in image["caption"]


def test_a_text_before_buttons_is_their_body() -> None:
    interactive = made(Text(text="Hello."), replies(2))["interactive"]
    assert interactive["body"]["text"] == "Hello.\n\nWhich one?"


def test_a_picture_stands_above_buttons() -> None:
    file = File(kind="image", url="https://example.com/a.png")
    attached = Attached("image", {"link": "https://example.com/a.png"})
    interactive = made(file, replies(2), attached=attached)["interactive"]
    assert interactive["header"]["image"] == {"link": "https://example.com/a.png"}
    assert made(file, replies(5), attached=attached)["type"] == "text"


def test_a_family_is_not_cut_apart() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    part = QuickReplies(text="Who?", options=(Option(title="x" * 15 + family * 2),))
    (button,) = made(part)["interactive"]["action"]["buttons"]
    assert button["reply"]["title"] == "x" * 15 + "…"


WORDS = st.text(max_size=80)
URLS = st.sampled_from(["https://example.com/a", "http://example.com", "tel:+15551234567", ""])
BUTTONS = st.builds(Button, title=WORDS, payload=st.none() | WORDS, url=st.none() | URLS)
ROWS = st.builds(Row, title=WORDS, payload=st.none() | WORDS, description=st.none() | WORDS)
SECTIONS = st.builds(
    Section, title=st.none() | WORDS, rows=st.lists(ROWS, min_size=1, max_size=6).map(tuple)
)
CARDS = st.builds(
    Card,
    title=WORDS,
    text=st.none() | WORDS,
    image_url=st.none() | st.just("https://example.com/a.jpg"),
    buttons=st.lists(BUTTONS, max_size=3).map(tuple),
)
LONG = st.text(max_size=1100)
MENUS = st.one_of(
    st.builds(
        QuickReplies,
        text=LONG,
        options=st.lists(
            st.builds(Option, title=WORDS, payload=st.none() | st.text(max_size=300)),
            min_size=1,
            max_size=12,
        ).map(tuple),
    ),
    st.builds(
        Buttons,
        text=LONG,
        buttons=st.lists(BUTTONS, min_size=1, max_size=12).map(tuple),
        header=st.none() | WORDS,
        footer=st.none() | WORDS,
    ),
    st.builds(
        ListMenu,
        text=LONG,
        button=WORDS,
        sections=st.lists(SECTIONS, min_size=1, max_size=3).map(tuple),
        header=st.none() | WORDS,
        footer=st.none() | WORDS,
    ),
    st.builds(Carousel, cards=st.lists(CARDS, min_size=1, max_size=5).map(tuple)),
)


@settings(deadline=None)  # a slow machine is no failure
@given(MENUS, st.none() | WORDS, st.booleans())
def test_whatever_the_menu_whatsapp_takes_it(part: Part, before: str | None, group: bool) -> None:
    parts = [part] if before is None else [Text(text=before), part]
    content = compose(parts, in_group=group)
    if not isinstance(content, Unsayable):
        to = {"to": "Y2Fw", "recipient_type": "group"} if group else {"to": "84901234567"}
        MESSAGE.validate_python({"messaging_product": "whatsapp", **to, **content})


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("Which of these would you like?", "Options"),
        ("ต้องการแบบไหนคะ", "ตัวเลือก"),
        ("Bạn muốn chọn loại nào ạ?", "Lựa chọn"),
        ("Qual destas você prefere?", "Opções"),
        ("¿Cuál de estas prefiere usted?", "Opciones"),
        ("?", "Options"),
    ],
)
def test_a_list_opens_in_the_language_of_its_text(text: str, opens: str) -> None:
    options = tuple(Option(title=f"Choice {n}", payload=f"p{n}") for n in range(4))
    content = made(QuickReplies(text=text, options=options))
    assert content["interactive"]["action"]["button"] == opens
