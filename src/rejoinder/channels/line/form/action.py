"""What a tap does.

LINE tells of a tap only the data that its button was sent with. So our buttons' data is the payload and, after a
separator that no keyboard has, the title: what comes back can be read by people and models. Where both do not fit, the
payload goes alone.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from pydantic import JsonValue

from rejoinder.channels.line.form.fit import LABEL, SPOKEN, cut, link, units
from rejoinder.conversations.content import Button, Card, Option, Row

Object: TypeAlias = dict[str, JsonValue]

DATA: Final = 300  # UTF-16 code units of a postback's data
_BETWEEN: Final = "\u2063"  # INVISIBLE SEPARATOR


def titled(payload: str, title: str) -> str | None:
    """A button's data; None for a payload that is too long for LINE."""
    both = f"{payload}{_BETWEEN}{title}"
    return next((data for data in (both, payload) if 0 < units(data) <= DATA), None)


def untitled(data: str) -> tuple[str, str]:
    """The payload and the title in a tap's data; data that others made, for a rich menu say, is both."""
    payload, _, title = data.partition(_BETWEEN)
    return (payload, title) if payload and title else (data, data)


def tapped(option: Option | Button | Row) -> Object:
    """The action of a reply, a button or a list's row.

    Without a payload, or with one of more than 300 units, the tap writes the title, as the customer could have.
    """
    if isinstance(option, Button) and option.url is not None:
        return {"type": "uri", "label": cut(option.title, LABEL), "uri": link(option.url)}
    label, spoken = cut(option.title, LABEL), cut(option.title, SPOKEN)
    data = titled(option.payload, option.title) if option.payload else None
    if data is None:
        return {"type": "message", "label": label, "text": spoken}
    return {"type": "postback", "label": label, "data": data, "displayText": spoken}


def actions(of: Card) -> list[JsonValue]:
    """The actions of a card's buttons."""
    return [tapped(each) for each in of.buttons]
