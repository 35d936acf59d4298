"""Parts of messages that we send."""

from __future__ import annotations

from rejoinder.conversations.content import (
    Button,
    Buttons,
    Card,
    Carousel,
    Contact,
    File,
    ListMenu,
    Location,
    Option,
    Part,
    QuickReplies,
    Row,
    Section,
    Text,
)

SHOP = "https://shop.example"
YES = Button(title="Yes", payload="yes")

PARTS: dict[str, Part] = {
    "text": Text(text="สวัสดี, größer 👋🏽"),
    "image": File(kind="image", url=f"{SHOP}/a.png", text="Our beans"),
    "image of ours": File(kind="image", media_id="m1", text="Our beans"),
    "gif": File(kind="image", url=f"{SHOP}/a.gif"),
    "voice": File(kind="audio", url=f"{SHOP}/a.ogg", voice=True),
    "song": File(kind="audio", url=f"{SHOP}/a.mp3"),
    "video": File(kind="video", url=f"{SHOP}/a.mp4", text="See"),
    "pdf": File(kind="document", url=f"{SHOP}/a.pdf", filename="order.pdf"),
    "sheet": File(kind="document", url=f"{SHOP}/a.xlsx", filename="order.xlsx"),
    "sticker": File(kind="sticker", url=f"{SHOP}/a.webp", text="👍"),
    "location": Location(latitude=13.75, longitude=100.5),
    "venue": Location(latitude=13.75, longitude=100.5, name="Shop", address="1 Road"),
    "contact": Contact(name="Ann", phones=("66812345678",)),
    "contacts": Contact(name="Ann", phones=("66812345678", "66899999999"), emails=("a@b.c",)),
    "replies": QuickReplies(text="Which?", options=(Option(title="Tea"), Option(title="Coffee"))),
    "payloads": QuickReplies(text="Which?", options=(Option(title="Tea", payload="t"),)),
    "buttons": Buttons(
        text="Right?", buttons=(YES, Button(title="Shop", url=SHOP)), header="Order", footer="Bye"
    ),
    "long payload": Buttons(text="Right?", buttons=(Button(title="Yes", payload="ü" * 90),)),
    "list": ListMenu(
        text="Our coffees",
        button="Look",
        sections=(
            Section(
                title="Beans",
                rows=(Row(title="Dark", description="Roast", payload="d"), Row(title="Light")),
            ),
        ),
    ),
    "carousel": Carousel(
        cards=(
            Card(title="Dark", text="500 g", image_url=f"{SHOP}/a.png", buttons=(YES,)),
            Card(title="Light", buttons=(Button(title="Shop", url=SHOP),)),
        )
    ),
    "card": Carousel(cards=(Card(title="Dark", buttons=(YES,)),)),
}
