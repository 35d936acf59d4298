"""Parts of messages, and what is made of them."""

from __future__ import annotations

from typing import Any

from rejoinder.channels.line.compose import Found, compose
from rejoinder.channels.line.played.fields import wrongs
from rejoinder.conversations.content import (
    Button,
    Card,
    ListMenu,
    Part,
    Row,
    Section,
)

NOTHING = Found()
PICTURE = "https://shop.example/a.png"


def made(*parts: Part, found: Found = NOTHING) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = [*compose(parts, found)]
    assert not [*wrongs([*objects])]
    return objects


def two(*titles: str) -> tuple[Button, ...]:
    return tuple(Button(title=title, payload=title.lower()) for title in titles)


def menu(rows: int, description: str = "Ready tomorrow") -> ListMenu:
    listed = tuple(
        Row(title=f"A cake with a rather long name, number {each}", description=description)
        for each in range(rows)
    )
    return ListMenu(
        text="What would you like?",
        button="Menu",
        header="Cakes",
        sections=(Section(title="Today", rows=listed),),
    )


def cards(number: int, **more: Any) -> tuple[Card, ...]:
    buttons = two("Order")
    known = {"text": "Sweet", "image_url": PICTURE, "buttons": buttons} | more
    return tuple(Card(title=f"Cake {each}", **known) for each in range(number))
