"""An answer does more than reply: it offers replies to tap, asks for something, calls a person, says goodbye."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from rejoinder.errors import ModelRefused
from rejoinder.inbound.model import Received
from rejoinder.llm.model import Answer, Step
from rejoinder.testing import ScriptedModel
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")

ROWS = """
SELECT action_type, status, retry_count, data, result, error FROM message_actions
WHERE workspace_id = $1 AND action_type <> 'send_message' ORDER BY created_at, action_id
"""

KNOWN = "SELECT attributes FROM contacts WHERE workspace_id = $1"

COLLECTING = "SELECT collecting FROM conversations WHERE workspace_id = $1 ORDER BY created_at"


def reply(text: str, *steps: Step) -> Answer:
    return Answer(text, "answer", "", steps=steps, supported=1.0)


def asks(question: str = "What is your e-mail address?") -> Step:
    return Step("collect_info", {"text": question, "field": "email", "kind": "email"})


def taps(*titles: str) -> Step:
    options: list[JsonValue] = [{"title": title} for title in titles]
    return Step("send_quick_replies", {"options": options})


async def actions(shop: Shop) -> list[tuple[Any, ...]]:
    """(type, status, retries) of all that was done beside texts."""
    return [tuple(row)[:3] for row in await shop.sql(ROWS)]


async def answered(shop: Shop, *texts: str) -> Received:
    """The customer writes one after the other, each after the answer to the one before; the last message."""
    for text in texts:
        last = await shop.says(text)
        await shop.outcome(last)
    return last


async def test_replies_to_tap_belong_to_the_reply(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(reply("Which colour?", taps("Red", "Blue")))
    hello = await answered(shop, "I want a shirt")
    (said,) = [each for each in await shop.messages(hello) if each.direction == "outbound"]
    assert (said.kind, said.text) == ("quick_replies", "Which colour?\n1. Red\n2. Blue")
    assert said.content == [
        {
            "kind": "quick_replies",
            "text": "Which colour?",
            "options": [{"title": "Red"}, {"title": "Blue"}],
        }
    ]
    told: Any = said.metadata["actions"]
    assert [each["type"] for each in told] == ["send_quick_replies"]
    assert await actions(shop) == [("send_quick_replies", "sent", 0)]


async def test_cards_come_behind_the_text_and_taps_last(shop: Shop, model: ScriptedModel) -> None:
    cards = Step("send_carousel", {"cards": [{"title": "Linen", "text": "Light and cool"}]})
    more = Step("send_message", {"text": "Which one would you like?"})
    model.script.append(reply("These are our shirts.", taps("Linen"), cards, more))
    hello = await answered(shop, "I want a shirt")
    assert [each.kind for each in await shop.messages(hello)] == [
        *("text", "text", "carousel", "quick_replies"),
    ]
    assert [each[0] for each in await actions(shop)] == ["send_carousel", "send_quick_replies"]


async def test_an_action_that_can_not_be_done_costs_nothing(
    shop: Shop, model: ScriptedModel
) -> None:
    model.script.append(reply("Three days.", Step("execute_api", {}), taps()))
    hello = await answered(shop, "How long?")
    assert await shop.replies(hello) == ["Three days."]
    assert await actions(shop) == []


async def test_a_person_is_called(shop: Shop, model: ScriptedModel) -> None:
    transfer = Step("transfer_to_agent", {"reason": "A special order."})
    model.script.append(reply("A colleague will answer you here.", transfer))
    hello = await shop.says("I want a hundred shirts")
    assert (await shop.outcome(hello)).status == "handed_off"
    assert (await shop.conversation(hello)).state == "waiting"
    (row,) = await shop.sql(ROWS)
    assert (row["action_type"], row["status"]) == ("transfer_to_agent", "done")
    assert row["data"] == {"reason": "A special order."}


async def test_a_conversation_ends_behind_its_last_reply(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(reply("You are welcome!", Step("end_conversation", {"reason": "Solved."})))
    hello = await answered(shop, "Thanks, that was all")
    assert (await shop.conversation(hello)).state == "closed"
    assert await shop.replies(hello) == ["You are welcome!"]
    assert await actions(shop) == [("end_conversation", "done", 0)]
    again = await answered(shop, "One more thing")
    assert again.conversation_id != hello.conversation_id
    assert await shop.replies(again) == ["Read: One more thing"]


async def test_a_conversation_may_end_without_a_word(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(Answer("", "silent", "", steps=(Step("end_conversation", {}),)))
    hello = await answered(shop, "👍")
    assert (await shop.conversation(hello)).state == "closed"
    assert await shop.replies(hello) == []


async def test_a_conversation_goes_on_where_the_customer_does(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(overlap_policy="enqueue")
    model.script.append(reply("You are welcome!", Step("end_conversation", {})))
    model.hold()
    hello = await shop.says("Thanks")
    await model.called()
    more = await shop.says("One more thing")
    model.release()
    await shop.outcome(hello)
    assert (await shop.outcome(more)).status == "answered"
    assert (await shop.conversation(hello)).state == "bot"
    assert await actions(shop) == [("end_conversation", "cancelled", 0)]


async def test_what_a_customer_tells_is_kept(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(reply("Gladly.", asks()))
    first = await answered(shop, "Please send me the price list")
    assert await shop.replies(first) == ["Gladly.\n\nWhat is your e-mail address?"]
    assert await actions(shop) == [("collect_info", "waiting", 0)]
    await answered(shop, "It is Anna@Shop.example, thanks")
    (row,) = await shop.sql(ROWS)
    assert (row["status"], row["retry_count"]) == ("done", 0)
    (known,) = await shop.sql(KNOWN)
    assert known["attributes"] == {"email": row["result"]["value"]}
    assert known["attributes"]["email"].lower() == "anna@shop.example"
    assert [row["collecting"] for row in await shop.sql(COLLECTING)] == [None]


AGAIN = {
    "en": ("Please send me the price list", "What is your e-mail address?", "e-mail"),
    "th": ("ขอใบราคาหน่อยค่ะ", "ขออีเมลหน่อยได้ไหมคะ", "อีเมล"),
    "vi": ("Gửi cho mình bảng giá nhé", "Bạn cho em xin địa chỉ email nhé?", "Địa chỉ email"),
    "pt": ("Pode me mandar a lista de preços?", "Qual é o seu e-mail?", "incompleto"),
    "es": ("¿Me mandas la lista de precios?", "¿Cuál es tu correo electrónico?", "correo"),
}


@pytest.mark.parametrize(("hello", "question", "told"), AGAIN.values(), ids=AGAIN.keys())
async def test_what_is_not_valid_is_asked_again_without_a_model(
    shop: Shop, model: ScriptedModel, hello: str, question: str, told: str
) -> None:
    model.script.append(reply("", asks(question)))
    last = await answered(shop, hello, "anna@mail")
    again = (await shop.replies(last))[-1]
    assert told in again.split("\n")[0]
    assert again.endswith(question)
    assert len(model.calls) == 1
    assert await actions(shop) == [("collect_info", "waiting", 1)]


async def test_after_three_tries_a_person_is_called(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(reply("Gladly.", asks()))
    last = await answered(shop, "Hello", "anna@mail", "anna@mail!", "anna@mail!!")
    assert (await shop.conversation(last)).state == "waiting"
    rows = [tuple(row) for row in await shop.sql(ROWS)]
    assert rows[0][:3] == ("collect_info", "failed", 2)
    assert rows[1][0] == "transfer_to_agent"
    assert len(model.calls) == 1


@pytest.mark.parametrize(
    "decline", ["Never mind", "ไม่สะดวกให้ค่ะ", "thôi khỏi", "deixa pra lá", "olvídalo"]
)
async def test_who_does_not_want_to_tell_is_asked_no_more(
    shop: Shop, model: ScriptedModel, decline: str
) -> None:
    model.script.append(reply("Gladly.", asks()))
    last = await answered(shop, "Hello", decline)
    assert (await shop.replies(last))[-1] == f"Read: {decline}"
    assert await actions(shop) == [("collect_info", "waiting", 0)]
    await answered(shop, decline)
    assert await actions(shop) == [("collect_info", "cancelled", 0)]
    assert [row["collecting"] for row in await shop.sql(COLLECTING)] == [None]


async def test_another_question_takes_the_place_of_the_first(
    shop: Shop, model: ScriptedModel
) -> None:
    size = Step("collect_info", {"text": "Which size?", "field": "size", "kind": "text"})
    model.script += [reply("Gladly.", asks()), reply("In cotton or linen.", size)]
    await answered(shop, "Hello", "What is it made of?")
    assert await actions(shop) == [("collect_info", "cancelled", 0), ("collect_info", "waiting", 0)]
    await answered(shop, "Extra large")
    (known,) = await shop.sql(KNOWN)
    assert known["attributes"] == {"size": "Extra large"}


async def test_what_a_customer_told_is_kept_where_the_model_fails_on_it(
    shop: Shop, model: ScriptedModel
) -> None:
    model.script += [reply("Gladly.", asks()), ModelRefused("The key is wrong.")]
    last = await answered(shop, "Please send me the price list", "It is anna@shop.example, thanks")
    assert (await shop.conversation(last)).state == "waiting"
    (known,) = await shop.sql(KNOWN)
    assert known["attributes"] == {"email": "anna@shop.example"}
    assert [row["collecting"] for row in await shop.sql(COLLECTING)] == [None]
    assert (await actions(shop))[0] == ("collect_info", "done", 0)
