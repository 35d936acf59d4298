"""What a person may not write to a customer, said with the reason."""

from __future__ import annotations

import pytest

from rejoinder.conversations.content import Button, Card, Carousel, Contact, File, Location, Part
from rejoinder.conversations.written.parts import written

AT = "https://a.example"

WRONG: dict[str, tuple[Part, str]] = {
    "an address with a password": (File(kind="image", url="https://a:b@c.example"), "user name"),
    "an address of no port": (File(kind="image", url="https://a.example:99999"), "http://"),
    "an address of two readings": (File(kind="image", url=r"https://a.example\@b.example"), "http"),
    "a place that runs": (Location(latitude=1, longitude=1, url="javascript:x()"), "http://"),
    "a name with folders": (File(kind="document", url=AT, filename="../x"), "without folders"),
    "a name of two lines": (File(kind="document", url=AT, filename="a\r\nb: c"), "line breaks"),
    "no name": (File(kind="document", url=AT, filename=" "), "filename"),
    "no type": (File(kind="document", url=AT, mime_type="a/b\r\nc: d"), "image/png"),
    "a blank number": (Contact(name="Nok", phones=("",)), "must not be blank"),
    "a card of too many buttons": (
        Carousel(cards=(Card(title="a", buttons=(Button(title="b"),) * 51),)),
        "more than 50 buttons",
    ),
}


@pytest.mark.parametrize(("part", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_can_not_be_sent_is_told(part: Part, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        written([part])


def test_a_name_may_hold_any_script() -> None:
    file = File(kind="document", url=AT, filename="ใบเสร็จ 👨‍👩‍👧.pdf", mime_type="application/pdf")
    assert written([file]).parts == (file,)
