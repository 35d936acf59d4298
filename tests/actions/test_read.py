"""Steps of a model become actions that can be done; what can't is left out and told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from rejoinder.actions.model import (
    CollectInfo,
    EndConversation,
    SendCarousel,
    SendMessage,
    SendQuickReplies,
    TransferToAgent,
)
from rejoinder.actions.parts import parts
from rejoinder.actions.read import read, restored
from rejoinder.conversations.content import Button, Card, Option
from rejoinder.conversations.written.parts import written
from rejoinder.llm.model import Step

STAY = Card(title="Stay", buttons=(Button(title="Book", url="https://inn.example/book"),))

GOOD: list[tuple[Step, object]] = [
    (Step("send_message", {"text": " Hello "}), SendMessage("Hello")),
    (
        Step("send_quick_replies", {"options": [{"title": "Yes", "payload": "y"}]}),
        SendQuickReplies("", (Option(title="Yes", payload="y"),)),
    ),
    (
        Step(
            "send_carousel",
            {
                "cards": [
                    {
                        "title": "Stay",
                        "buttons": [{"title": "Book", "url": "https://inn.example/book"}],
                    }
                ]
            },
        ),
        SendCarousel((STAY,)),
    ),
    (Step("transfer_to_agent", {"reason": "A refund."}), TransferToAgent("A refund.")),
    (Step("transfer_to_agent", {}), TransferToAgent("")),
    (
        Step("collect_info", {"text": "Your e-mail?", "field": "E-mail Address"}),
        CollectInfo("e_mail_address", "Your e-mail?", "text"),
    ),
    (
        Step("collect_info", {"text": "When?", "field": "arrival", "kind": "day"}),
        CollectInfo("arrival", "When?", "date"),
    ),
    (
        Step("collect_info", {"text": "Your number?", "field": "phone_number"}),
        CollectInfo("phone_number", "Your number?", "phone"),
    ),
    (
        Step("collect_info", {"text": "Which room?", "kind": "room_type"}),
        CollectInfo("room_type", "Which room?", "room_type"),
    ),
    (Step("end_conversation", {"reason": "Solved."}), EndConversation("Solved.")),
]


@pytest.mark.parametrize(("step", "action"), GOOD)
def test_a_step_becomes_its_action(step: Step, action: object) -> None:
    assert read([step]) == ((action,), ())


BAD = {
    "execute_api": (Step("execute_api", {}), "not possible yet"),
    "unknown": (Step("dance", {}), "no such action"),
    "no text": (Step("send_message", {"text": " "}), "blank"),
    "nothing to tap": (Step("send_quick_replies", {"text": "Well?"}), "nothing to tap"),
    "untitled": (Step("send_quick_replies", {"options": [{"payload": "x"}]}), "title"),
    "no card": (Step("send_carousel", {"cards": [{"text": "x"}]}), "title"),
    "no question": (Step("collect_info", {"field": "email"}), "blank"),
    "no field": (Step("collect_info", {"text": "What?", "field": "?"}), "snake_case"),
}


@pytest.mark.parametrize(("step", "told"), BAD.values(), ids=BAD.keys())
def test_what_can_not_be_done_is_told(step: Step, told: str) -> None:
    actions, problems = read([step])
    assert actions == ()
    assert told in problems[-1] or told in problems[0]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.example", "https://u:p@x.example", "x", "http://a b.c"]
)
def test_only_addresses_of_the_web_are_passed_on(url: str) -> None:
    card: JsonValue = {"title": "T", "image_url": url, "buttons": [{"title": "Go", "url": url}]}
    actions, problems = read([Step("send_carousel", {"cards": [card]})])
    assert actions == (SendCarousel((Card(title="T"),)),)
    assert len(problems) == 2


def test_there_is_no_more_than_platforms_show() -> None:
    many: list[JsonValue] = [{"title": f"Option {n}"} for n in range(20)]
    buttons: JsonValue = [{"title": f"B{n}"} for n in range(5)]
    cards: list[JsonValue] = [{"title": f"Card {n}", "buttons": buttons} for n in range(12)]
    (quick, carousel), problems = read(
        [Step("send_quick_replies", {"options": many}), Step("send_carousel", {"cards": cards})]
    )
    assert isinstance(quick, SendQuickReplies)
    assert isinstance(carousel, SendCarousel)
    assert (len(quick.options), len(carousel.cards)) == (13, 10)
    assert {len(card.buttons) for card in carousel.cards} == {3}
    assert any("the first 13 stay" in each for each in problems)


def test_titles_are_one_line_and_short() -> None:
    step = Step("send_quick_replies", {"options": [{"title": "A\nvery " + "long " * 40}]})
    ((quick,), _) = read([step])
    assert isinstance(quick, SendQuickReplies)
    (option,) = quick.options
    assert "\n" not in option.title
    assert len(option.title) <= 60


def test_each_thing_is_said_once() -> None:
    one, two = Step("send_message", {"text": "Hello"}), Step("send_message", {"text": "hello "})
    assert read([one, two])[0] == (SendMessage("Hello"),)
    yes: JsonValue = {"title": "Yes"}
    yes_again: JsonValue = {"title": "YES", "payload": "2"}
    actions, _ = read(
        [
            Step("send_quick_replies", {"text": "Well?", "options": [yes]}),
            Step("send_quick_replies", {"text": "So?", "options": [yes_again, {"title": "No"}]}),
        ]
    )
    assert actions == (SendQuickReplies("Well?", (Option(title="Yes"), Option(title="No"))),)


def test_one_question_at_a_time() -> None:
    first = Step("collect_info", {"text": "Your name?", "field": "name"})
    second = Step("collect_info", {"text": "Your phone?", "field": "phone"})
    actions, problems = read([first, second])
    assert actions == (CollectInfo("name", "Your name?", "name"),)
    assert "collect_info" in problems[0]


def test_a_conversation_that_goes_on_does_not_end() -> None:
    end, transfer = Step("end_conversation", {}), Step("transfer_to_agent", {"reason": "r"})
    asks = Step("collect_info", {"text": "Your name?", "field": "name"})
    assert read([end, transfer, asks])[0] == (TransferToAgent("r"),)
    assert read([end, asks])[0] == (CollectInfo("name", "Your name?", "name"),)


values: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=9),
    st.lists(st.none() | st.text(max_size=3), max_size=3),
    st.sampled_from(["https://inn.example/1", "javascript:x", "x" * 5000, {"title": "y"}]),
)
fields = st.sampled_from(("title", "text", "payload", "url", "image_url", "buttons"))
buttons = st.lists(st.dictionaries(fields, values, max_size=4), max_size=4)
things = st.lists(st.dictionaries(fields, values | buttons, max_size=5), max_size=15)
names = st.sampled_from(("text", "options", "cards", "field", "kind", "reason"))
types = st.sampled_from(
    (
        "send_message",
        "send_quick_replies",
        "send_carousel",
        "collect_info",
        "end_conversation",
        "execute_api",
    )
)
steps = st.lists(
    st.builds(Step, types | st.text(max_size=9), st.dictionaries(names, values | things)),
    max_size=5,
)


@given(steps)
def test_whatever_a_model_says_can_be_sent_or_is_left_out(told: list[Step]) -> None:
    actions, _ = read(told)
    for action in actions:
        for part in parts(action):
            if not isinstance(action, SendQuickReplies) or action.text:
                written([part])  # raises ValueError for what a person could not send


def test_what_was_hidden_is_put_back_everywhere() -> None:
    told = Step("send_carousel", {"cards": [{"title": "For <1>"}], "reason": "<1>"})
    (step,) = restored([told], lambda text: text.replace("<1>", "Anna"))
    assert step.data == {"cards": [{"title": "For Anna"}], "reason": "Anna"}
