"""What the business sends is shown, in one request; what the platform answers is understood."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    Unsure,
    WindowClosed,
)
from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    Choice,
    Contact,
    File,
    ListMenu,
    Location,
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
from rejoinder.testing.platforms.faults import Spoiled
from tests.channels.conformance.conftest import House, OurFiles

URL = "https://shop.example/a"
BUTTONS = (Button(title="Yes", payload="yes"), Button(title="Shop", url="https://shop.example/"))

PARTS: dict[str, Part] = {
    "text": Text(text="สวัสดี, größer 👋🏽"),
    "image by address": File(kind="image", url=f"{URL}.png", text="Our beans"),
    "image of ours": File(kind="image", media_id="m1", text="Our beans", mime_type="image/png"),
    "audio": File(kind="audio", url=f"{URL}.ogg", voice=True),
    "video": File(kind="video", url=f"{URL}.mp4"),
    "document": File(kind="document", url=f"{URL}.pdf", filename="order.pdf"),
    "sticker": File(kind="sticker", url=f"{URL}.webp"),
    "location": Location(latitude=13.75, longitude=100.5, name="Shop", address="1 Road"),
    "contact": Contact(name="Ann Other", phones=("66812345678",)),
    "quick replies": QuickReplies(
        text="Which?", options=(Option(title="Tea"), Option(title="Coffee"))
    ),
    "twenty quick replies": QuickReplies(
        text="Which?", options=tuple(Option(title=f"Choice {n}") for n in range(20))
    ),
    "buttons": Buttons(text="Is that right?", buttons=BUTTONS[:1], header="Order", footer="Thanks"),
    "a button and an address": Buttons(text="Is that right?", buttons=BUTTONS),
    "seven buttons": Buttons(
        text="Which?", buttons=tuple(Button(title=f"Button {n}", payload=f"b{n}") for n in range(7))
    ),
    "long titles": Buttons(text="Which?", buttons=(Button(title="x" * 80, payload="y" * 600),)),
    "list": ListMenu(
        text="Our coffees",
        button="Look",
        sections=(
            Section(title="Beans", rows=(Row(title="Dark", description="Roast", payload="d"),)),
        ),
    ),
    "long list": ListMenu(
        text="Our coffees",
        button="Look at all of them now",
        sections=tuple(
            Section(
                title=f"Section {n}" * 4, rows=tuple(Row(title=f"Row {m}" * 9) for m in range(6))
            )
            for n in range(4)
        ),
    ),
    "carousel": Carousel(
        cards=(
            Card(title="Dark", text="500 g", image_url=f"{URL}.png", buttons=BUTTONS),
            Card(title="Light", buttons=BUTTONS[:1]),
        )
    ),
    "long carousel": Carousel(cards=tuple(Card(title=f"Card {n}") for n in range(14))),
    "template": Template(name="hello", language="en", parameters=("Ann",)),
    "choice": Choice(title="Yes", payload="yes"),
    "reaction": Reaction(emoji="👍", of="HELLO"),
    "unsupported": Unsupported(what="hologram"),
}

REFUSABLE = {"template", "choice", "reaction", "unsupported"}
"""What a platform may refuse for good, with a word why: it has no form, and words would not say the same."""


@pytest.mark.parametrize("token", [True, False], ids=["answering", "pushed"])
@pytest.mark.parametrize("name", PARTS)
async def test_every_part_is_shown_in_one_request(house: House, name: str, token: bool) -> None:
    part = PARTS[name]
    said = house.hears(Text(text="Hello"))
    if isinstance(part, Reaction):
        part = part.model_copy(update={"of": said.external_id})
    outgoing = house.answer(part, to=said, text="in words", token=token)
    receipt = await house.send(outgoing, part)
    book = house.platform.book
    assert not book.problems
    if isinstance(receipt, Refused) and name in REFUSABLE:
        assert receipt.error
        assert (house.requests, book.shown) == (0, [])
        return
    assert isinstance(receipt, Taken), receipt
    assert house.requests == 1
    assert all(each.to == house.platform.played.customers(1).id for each in book.shown)
    assert set(receipt.platform_ids) == {each.platform_id for each in book.shown} != set()


async def test_a_picture_of_ours_without_a_public_address(house: House) -> None:
    """Handed over as bytes where the platform takes those; else refused, and not by a request that fails."""
    part = PARTS["image of ours"]
    receipt = await house.send(house.answer(part), part, files=OurFiles(public=False))
    assert isinstance(receipt, Taken | Refused), receipt
    assert house.requests == isinstance(receipt, Taken)


def longest(limits: Limits) -> str:
    """A text of just the length allowed, by the platform's own way to count: one more in another way is too much."""
    if limits.unit == "bytes":
        return "é" * (limits.text // 2) + "x" * (limits.text % 2)
    if limits.unit == "utf16":
        return "🙂" * (limits.text // 2) + "x" * (limits.text % 2)
    return "é" * limits.text


async def test_a_text_of_the_greatest_length(house: House) -> None:
    text = longest(house.adapter.limits)
    receipt = await house.send(house.answer(text=text))
    assert isinstance(receipt, Taken), receipt
    assert house.platform.book.texts(house.ann.id) == [text]
    assert not house.platform.book.problems


async def test_a_longer_one_does_not_pass_unnoticed(house: House) -> None:
    """Refused, or taken in pieces, or the platform complains: never cut off in silence."""
    text = longest(house.adapter.limits) + "x"
    receipt = await house.send(house.answer(text=text))
    shown, problems = house.platform.book.texts(house.ann.id), house.platform.book.problems
    in_pieces = len(shown) > 1 and "".join(shown) == text
    assert isinstance(receipt, Refused) or in_pieces or problems, receipt


async def test_several_texts_together(house: House) -> None:
    parts = tuple(Text(text=f"Part {n}") for n in range(house.adapter.limits.together))
    receipt = await house.send(house.answer(*parts), *parts)
    assert isinstance(receipt, Taken), receipt
    assert house.requests == 1
    shown = "\n".join(house.platform.book.texts(house.ann.id))
    assert [shown.index(part.text) for part in parts] == sorted(shown.index(p.text) for p in parts)
    assert not house.platform.book.problems


UNANSWERED = ("hang", "hang-after-accept", "close", "close-after-accept")

ANSWERS: dict[Spoiled, tuple[type, ...]] = {
    "throttle": (Throttled,),
    "throttle-recipient": (RecipientThrottled, Throttled),  # some say the same for both
    "reject": (Refused,),
    "bad-credential": (BadCredential,),
}


@pytest.mark.parametrize("fault", ANSWERS)
async def test_every_refusal_is_understood(house: House, fault: Spoiled) -> None:
    house.platform.faults.script.append(fault)
    receipt = await house.send(house.answer(text="Hello", token=False))
    assert isinstance(receipt, ANSWERS[fault]), receipt
    assert not isinstance(receipt, Taken)
    assert receipt.error
    assert not house.platform.book.shown


async def test_a_closed_window_is_understood_where_there_is_one(house: House) -> None:
    if house.adapter.limits.window is None:
        pytest.skip("customers can be written to at any time there")
    house.platform.faults.script.append("window-closed")
    receipt = await house.send(house.answer(text="Hello"))
    # Some take the request and report the failure afterwards.
    assert isinstance(receipt, WindowClosed | Taken), receipt


@pytest.mark.parametrize("fault", ["fail", "fail-after-accept"])
async def test_an_error_of_the_platform_s(house: House, fault: Spoiled) -> None:
    """It may be tried again, at once only where the platform would know it again."""
    house.platform.faults.script.append(fault)
    receipt = await house.send(house.answer(text="Hello", token=False))
    assert isinstance(receipt, NotTaken | Unsure), receipt


@pytest.mark.parametrize("token", [True, False], ids=["answering", "pushed"])
@pytest.mark.parametrize("fault", UNANSWERED)
async def test_no_answer_is_unsure_unless_repeats_are_known(
    house: House, fault: Spoiled, token: bool
) -> None:
    house.platform.faults.script.append(fault)
    outgoing = house.answer(text="Hello", token=token)
    receipt = await house.send(outgoing)
    expected = NotTaken if house.adapter.knows_repeats(outgoing) else Unsure
    assert isinstance(receipt, expected), receipt
    assert len(house.platform.book.shown) == fault.endswith("after-accept")


async def test_nobody_listens(house: House) -> None:
    account = replace(house.account, settings={"base_url": "http://127.0.0.1:1"})
    outgoing = house.answer(text="Hello")
    parts = (Text(text="Hello"),)
    receipt = await house.adapter.send(account, outgoing, parts, house.wire(), OurFiles())
    assert isinstance(receipt, NotTaken), receipt


@pytest.mark.parametrize("fault", [None, "close-after-accept", "fail-after-accept", "close"])
async def test_a_repeat_is_shown_once_where_repeats_are_known(
    house: House, fault: Spoiled | None
) -> None:
    outgoing = house.answer(text="Hello", token=False)
    if not house.adapter.knows_repeats(outgoing):
        pytest.skip("a repeat would be another message there")
    house.platform.faults.script.append(fault)
    first = await house.send(outgoing)
    assert isinstance(first, Taken if fault is None else NotTaken), first
    again = await house.send(replace(outgoing, attempt=2))
    assert isinstance(again, Taken), again
    assert house.platform.book.texts(house.ann.id) == ["Hello"]
    assert not house.platform.book.doubled()


async def test_whatever_a_proxy_answers_is_no_message(house: House) -> None:
    """Pages in HTML with any status, in place of the platform's JSON."""
    async with house.proxy() as (url, answers):
        for status in (200, 204, 302, 400, 403, 404, 413, 500, 502, 504):
            answers.append(status)
            account = replace(house.account, settings={"base_url": url})
            outgoing = house.answer(text="Hello", token=False)
            parts = (Text(text="Hello"),)
            receipt = await house.adapter.send(account, outgoing, parts, house.wire(), OurFiles())
            assert not isinstance(receipt, Taken), status
