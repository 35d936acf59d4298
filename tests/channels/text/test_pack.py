"""A reply becomes as many messages as its platform needs, and no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.text.pack import Packed, pack, packed
from rejoinder.channels.text.split import count
from rejoinder.conversations.content import File, Option, QuickReplies, Text

SHORT = Limits(text=10)
FIVE = Limits(text=10, together=5)
PICTURE = File(kind="image", url="https://shop.example/1.png", text="a picture")


def test_what_fits_is_one_plain_message() -> None:
    assert pack("It fits.", (), SHORT) == [Packed("It fits.")]


def test_what_does_not_goes_on_in_the_next() -> None:
    assert pack("One. Two. Three. Four.", (), SHORT) == [
        Packed("One. Two."),
        Packed("Three."),
        Packed("Four."),
    ]


def test_pieces_of_one_request_are_one_message() -> None:
    (one, two) = pack("word " * 11 + "word", (), FIVE)
    assert [part.text for part in one.parts if isinstance(part, Text)] == ["word word"] * 5
    assert one.text == "\n".join(["word word"] * 5)
    assert two == Packed("word word")


def test_other_parts_stay_messages_of_their_own() -> None:
    choice = QuickReplies(text="Which one?", options=(Option(title="This"),))
    assert pack("", (PICTURE,), SHORT) == [Packed("", (PICTURE,))]
    assert pack("", (Text(text="Look at it."), PICTURE, choice), SHORT) == [
        Packed("Look at"),
        Packed("it."),
        Packed("a picture", (PICTURE,)),
        Packed("Which one?", (choice,)),
    ]


def test_where_no_platform_shows_it_nothing_is_cut() -> None:
    assert packed("rest", "x" * 100_000) == [Packed("x" * 100_000)]
    assert len(packed("whatsapp_cloud", "x" * 5_000)) == 2


@given(st.text(min_size=1, max_size=300), st.integers(1, 5))
def test_every_message_fits_one_request(text: str, together: int) -> None:
    limits = Limits(text=20, unit="utf16", together=together)
    for one in pack(text, (), limits):
        texts = [part.text for part in one.parts if isinstance(part, Text)] or [one.text]
        assert 1 <= len(texts) <= together
        assert all(count(each, "utf16") <= 20 for each in texts)
