"""Each action on each chat platform: every message is one request that its platform takes, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import JsonValue

from rejoinder.actions.model import Action, CollectInfo, SendCarousel, SendMessage, SendQuickReplies
from rejoinder.actions.parts import messages
from rejoinder.actions.plan import plan
from rejoinder.actions.read import read
from rejoinder.channels.port.outgoing import Taken
from rejoinder.conversations.content import Button, Card, Option, Text
from rejoinder.llm.model import Step
from tests.channels.conformance.conftest import House

FEW = SendQuickReplies("", (Option(title="Tea", payload="t"), Option(title="Coffee")))
MANY = SendQuickReplies("Which one?", tuple(Option(title=f"Blend {n}") for n in range(13)))
LONG = SendQuickReplies("", tuple(Option(title=f"Number {n} " + "long " * 14) for n in range(4)))
BUTTON, LINK = Button(title="Buy", payload="buy"), Button(title="Look", url="https://a.example/b")
CARD = Card(title="Dark", text="500 g", image_url="https://a.example/1.png", buttons=(BUTTON, LINK))
PLAIN = SendCarousel((CARD, Card(title="Light")))
TEN = SendCarousel(tuple(Card(title=f"Blend {n}", text="x " * 150) for n in range(10)))

PLANS: dict[str, tuple[str, list[Action], list[str]]] = {
    "message": ("Hi.", [SendMessage("More.")], ["Hi.", "More."]),
    "quick replies": ("Which?", [FEW], ["Which?", "Tea", "Coffee"]),
    "thirteen": ("Hi.", [MANY], ["Hi.", "Which one?", "Blend 0", "Blend 12"]),
    "long titles": ("Which?", [LONG], ["Which?", "Number 3"]),
    "carousel": ("Look:", [PLAIN], ["Look:", "Dark", "Light", "Buy"]),
    "ten cards": ("Look:", [TEN], ["Look:", "Blend 0", "Blend 9"]),
    "all": ("Hi.", [MANY, PLAIN, SendMessage("More.")], ["Hi.", "More.", "Which one?", "Dark"]),
    "question": ("Hi.", [CollectInfo("email", "Your e-mail?", "email")], ["Hi.", "Your e-mail?"]),
    "long reply": ("word " * 3000, [MANY], ["word", "Blend 12"]),
}


@pytest.mark.parametrize("name", PLANS)
async def test_a_plan_is_shown(house: House, name: str) -> None:
    reply, actions, shown = PLANS[name]
    await sends(house, reply, actions, shown)


async def sends(house: House, reply: str, actions: Sequence[Action], shown: list[str]) -> None:
    """Send the plan as deliveries do; what came there holds all of `shown`."""
    ready = messages(house.adapter.name, plan(reply, actions))
    for each in ready:
        parts = each.packed.parts or (Text(text=each.text),)
        receipt = await house.send(house.answer(*parts, text=each.text), *parts)
        assert isinstance(receipt, Taken), receipt
    assert house.requests == len(ready)
    assert not house.platform.book.problems
    arrived = "\n".join("\n".join((each.text, *each.options)) for each in house.platform.book.shown)
    # The one that a third party plugs in shows a mere "[carousel]".
    for words in shown[:1] if house.adapter.name == "pebble" else shown:
        assert words in arrived


async def test_what_a_model_may_say_at_most(house: House) -> None:
    buttons: JsonValue = [{"title": "b" * 300, "payload": "p" * 900} for _ in range(3)]
    cards: list[JsonValue] = [
        {"title": f"{n}" * 500, "text": "t" * 5000, "buttons": buttons} for n in range(20)
    ]
    options: list[JsonValue] = [
        {"title": f"{n}" + "o" * 300, "payload": "p" * 900 + f"{n}"} for n in range(30)
    ]
    actions, _ = read(
        [
            Step("send_carousel", {"cards": cards}),
            Step("send_quick_replies", {"text": "q" * 4000, "options": options}),
        ]
    )
    await sends(house, "r" * 4000, actions, ["rrr", "qqq", "000", "999"])
