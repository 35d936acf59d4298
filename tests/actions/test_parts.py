"""A plan as messages of a platform: packed as what a person writes, told to whoever carries actions out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from rejoinder.actions.model import (
    Action,
    CollectInfo,
    EndConversation,
    SendCarousel,
    SendMessage,
    SendQuickReplies,
    TransferToAgent,
)
from rejoinder.actions.parts import Ready, messages, told_with
from rejoinder.actions.plan import plan
from rejoinder.actions.record import rows
from rejoinder.channels.registry import platform, platforms
from rejoinder.channels.text.split import count
from rejoinder.conversations.content import Card, Carousel, Option, QuickReplies, Text
from rejoinder.db import new_id
from tests.channels.conformance.conftest import House

TAP = SendQuickReplies("", (Option(title="Yes", payload="y"), Option(title="No")))
CARDS = SendCarousel((Card(title="Stay", text="Two nights"), Card(title="Eat")))
TRANSFER, END = TransferToAgent("A refund."), EndConversation("Solved.")
EMAIL = CollectInfo("email", "Your e-mail?", "email")
TAP_TOLD: JsonValue = {
    "type": "send_quick_replies",
    "data": {"message": "Hi.", "options": [{"title": "Yes", "payload": "y"}, {"title": "No"}]},
}
TRANSFER_TOLD: JsonValue = {"type": "transfer_to_agent", "data": {"reason": "A refund."}}


def message(text: str) -> JsonValue:
    return {"type": "send_message", "data": {"message": text}}


@pytest.mark.parametrize("platform", ["rest", "widget", "pancake", "line"])
def test_words_say_all_and_parts_show_it(platform: str) -> None:
    (one,) = messages(platform, plan("Hi.", [TAP]))
    assert one.text == "Hi.\n1. Yes\n2. No"
    assert one.packed.parts == (QuickReplies(text="Hi.", options=TAP.options),)
    assert one.kind == "quick_replies"


def test_a_plain_reply_is_packed_as_ever() -> None:
    (one,) = messages("line", plan("Hi.", []))
    assert (one.text, one.packed.parts, one.kind, one.actions) == ("Hi.", (), "text", ())


def test_a_long_text_goes_before_its_replies(house: House) -> None:
    limits = house.adapter.limits
    text = "A sentence of words. " * (limits.text * 6 // 20)
    ready = messages(house.adapter.name, plan(text, [TAP]))
    assert len(ready) > 1
    assert [len(each.actions) for each in ready] == [0] * (len(ready) - 1) + [1]
    (last,) = ready[-1].packed.parts
    assert isinstance(last, QuickReplies)
    texts = [part for each in ready[:-1] for part in each.packed.parts or (Text(text=each.text),)]
    said = [part.text for part in texts if isinstance(part, Text)]
    assert " ".join([*said, last.text]).split() == text.split()
    assert all(count(each, limits.unit) <= limits.text for each in [*said, last.text])


def _told(reply: str, *actions: object, platform: str = "pancake") -> list[list[JsonValue]]:
    planned = plan(reply, actions)  # type: ignore[arg-type]
    return told_with(messages(platform, planned), planned)


def test_whoever_carries_actions_out_is_told_of_them() -> None:
    assert _told("Hi.") == [[]]
    assert _told("Hi.", SendMessage("More.")) == [[], []]
    assert _told("Hi.", TAP) == [[TAP_TOLD]]
    assert _told("Hi.", TRANSFER) == [[message("Hi."), TRANSFER_TOLD]]
    assert _told("Hi.", SendMessage("More."), TRANSFER) == [
        [],
        [message("More."), TRANSFER_TOLD],
    ]
    assert _told("", TRANSFER) == []


def test_every_type_is_told() -> None:
    cards: JsonValue = [{"title": "Stay", "text": "Two nights", "buttons": []}]
    assert _told("Hi.", SendCarousel(CARDS.cards[:1]), EMAIL) == [
        [],
        [
            {"type": "send_carousel", "data": {"cards": cards}},
            {
                "type": "collect_info",
                "data": {"field": "email", "question": "Your e-mail?", "kind": "email"},
            },
        ],
    ]
    assert _told("Bye.", END)[0][1:] == [
        {"type": "end_conversation", "data": {"reason": "Solved."}}
    ]


def test_a_row_for_each_action_and_none_for_the_plain_reply() -> None:
    planned = plan("Hi.", [SendMessage("More."), TAP, CARDS, EMAIL])
    ready = messages("line", planned)
    ids = [new_id() for _ in ready]
    made = rows(planned, ready, ids)
    assert [(each.action_type, each.message_id, each.status) for each in made] == [
        ("send_carousel", ids[1], "queued"),
        ("send_quick_replies", ids[2], "queued"),
        ("collect_info", None, "waiting"),
    ]
    assert rows(plan("Hi.", []), messages("line", plan("Hi.", [])), [new_id()]) == []


def test_what_a_platform_has_no_form_of_is_noted() -> None:
    planned = plan("Hi.", [TAP])
    (row,) = rows(planned, messages("pancake", planned), [new_id()])
    assert row.result == {
        "warnings": ["pancake passes on text only: the quick_replies is said in words."]
    }
    (row,) = rows(planned, messages("widget", planned), [new_id()])
    assert row.result is None


def test_a_conversation_that_went_on_was_not_ended() -> None:
    planned = plan("Bye.", [END])
    (row,) = rows(planned, messages("line", planned), [new_id()], ends=False)
    assert row.status == "cancelled"
    (row,) = rows(planned, messages("line", planned), [new_id()])
    assert row.status == "done"


def test_a_message_that_goes_on_carries_nothing() -> None:
    ready = messages("whatsapp_cloud", plan("", [SendMessage("word " * 1200)]))
    assert [each.actions != () for each in ready] == [True, False]
    assert isinstance(ready[0], Ready)


words = st.lists(st.sampled_from(["word", "ราคา", "é", "👋🏽", "\n\n", "a. B"]), max_size=900)
replies = words.map(" ".join)
titles = st.lists(st.text("abcé👋", min_size=1, max_size=60), min_size=1, max_size=13, unique=True)
cards = st.builds(
    Card, title=st.text("ab", min_size=1, max_size=80), text=st.text("xy", max_size=300)
)


@given(replies, titles, st.lists(cards, min_size=1, max_size=10), st.sampled_from(platforms()))
def test_nothing_is_lost_and_no_message_too_long(
    reply: str, labels: list[str], shown: list[Card], name: str
) -> None:
    adapter = platform(name)
    assert adapter is not None
    options = tuple(Option(title=each) for each in labels)
    actions: list[Action] = [SendQuickReplies("", options), SendCarousel(tuple(shown))]
    ready = messages(name, plan(reply, actions))
    parts = [part for each in ready for part in each.packed.parts or (Text(text=each.text),)]
    texts = [part.text for part in parts if isinstance(part, Text | QuickReplies)]
    assert " ".join(texts).split() == reply.split()
    assert [card for each in parts if isinstance(each, Carousel) for card in each.cards] == shown
    tapped = [each for each in parts if isinstance(each, QuickReplies)]
    assert [each.options for each in tapped] == ([options] if reply.split() else [])
    for each in [*texts, *(one.text for one in ready if one.kind != "text")]:
        assert count(each, adapter.limits.unit) <= adapter.limits.text
