"""The reply and the actions beside it, in the order in which a customer reads them."""

from __future__ import annotations

import pytest

from rejoinder.actions.model import (
    Action,
    CollectInfo,
    EndConversation,
    SendCarousel,
    SendMessage,
    SendQuickReplies,
    TransferToAgent,
)
from rejoinder.actions.plan import asks, plan
from rejoinder.conversations.content import Card, Carousel, Option, Part, QuickReplies, Text

OPTIONS = (Option(title="Yes"), Option(title="No"))
TAP, OWN = SendQuickReplies("", OPTIONS), SendQuickReplies("Well?", OPTIONS)
CARDS = SendCarousel((Card(title="Stay", image_url="https://inn.example/1.png"),))
SHOWN = Carousel(cards=CARDS.cards)
MORE, EMAIL = SendMessage("More."), CollectInfo("email", "What is your e-mail?", "email")


def text(words: str) -> Text:
    return Text(text=words)


def tap(words: str) -> QuickReplies:
    return QuickReplies(text=words, options=OPTIONS)


ORDERS: dict[str, tuple[str, list[Action], list[Part]]] = {
    "a reply alone": ("Hi.", [], [text("Hi.")]),
    "nothing at all": (" ", [], []),
    "one more message": ("Hi.", [MORE], [text("Hi."), text("More.")]),
    "the reply once more": ("More.", [MORE], [text("More.")]),
    "taps under the reply": ("Hi.", [TAP], [tap("Hi.")]),
    "taps with the reply as their text": ("Well?", [OWN], [tap("Well?")]),
    "taps with a text of their own": ("Hi.", [OWN], [text("Hi."), tap("Well?")]),
    "taps under the last text": ("Hi.", [TAP, MORE], [text("Hi."), tap("More.")]),
    "taps without any text": ("", [TAP], []),
    "cards behind the reply": ("Hi.", [CARDS], [text("Hi."), SHOWN]),
    "cards alone": ("", [CARDS], [SHOWN]),
    "taps come last": ("Hi.", [OWN, CARDS], [text("Hi."), SHOWN, tap("Well?")]),
    "taps under the reply come last": ("Hi.", [TAP, CARDS], [SHOWN, tap("Hi.")]),
    "a question is asked": ("Hi.", [EMAIL], [text("Hi.\n\nWhat is your e-mail?")]),
    "a question alone": ("", [EMAIL], [text("What is your e-mail?")]),
    "a question that is asked": (
        "Sure! So, what is your E-MAIL?",
        [EMAIL],
        [text("Sure! So, what is your E-MAIL?")],
    ),
    "a question with taps": ("Hi.", [EMAIL, TAP], [tap("Hi.\n\nWhat is your e-mail?")]),
}


@pytest.mark.parametrize(("reply", "actions", "said"), ORDERS.values(), ids=ORDERS.keys())
def test_an_order(reply: str, actions: list[Action], said: list[Part]) -> None:
    assert plan(reply, actions).parts == tuple(said)


def test_what_happens_behind_the_replies() -> None:
    end, transfer = EndConversation("Solved."), TransferToAgent("A refund.")
    assert plan("Bye.", [end]).behind == (end,)
    assert plan("Hi.", [transfer]).behind == (transfer,)
    assert plan("Hi.", [EMAIL, MORE]).behind == (EMAIL,)


def test_a_message_carries_its_actions() -> None:
    first, last = plan("Hi.", [MORE, TAP]).messages
    assert first.actions == ()
    assert last.actions == (MORE, SendQuickReplies("More.", OPTIONS))


def test_all_that_is_read_is_there_to_be_checked() -> None:
    words = plan("Hi.", [MORE, OWN, CARDS, EMAIL]).words
    for each in ("Hi.", "More.", "Well?", "1. Yes", "Stay", "https://inn.example/1.png", "e-mail"):
        assert each in words


def test_a_text_may_be_said_in_other_words() -> None:
    hello, cards, tapped = plan("Hi.", [OWN, CARDS]).messages
    assert [each.is_text for each in (hello, cards, tapped)] == [True, False, True]
    assert hello.with_text("Hello.").part == text("Hello.")
    assert cards.text == "Stay"
    said = tapped.with_text("So?")
    assert (said.part, said.text) == (tap("So?"), "So?")
    assert said.actions == (SendQuickReplies("So?", OPTIONS),)


ASKED = [
    ("Could you tell me your e-mail address please?", "What is your e-mail address?", True),
    ("Great. What's your e-mail address, so I can look?", "What is your e-mail address?", True),
    ("Your e-mail address is needed. Thank you.", "What is your phone number?", False),
    ("ขอเบอร์โทรศัพท์หน่อยได้ไหมคะ จะได้ติดต่อกลับ", "ขอเบอร์โทรศัพท์หน่อยได้ไหมคะ", True),
    ("Dạ được ạ. Bạn cho em xin số điện thoại nhé?", "Cho em xin số điện thoại nhé?", True),
    ("Perfeito! Qual é o seu e-mail?", "Qual é o seu e-mail?", True),
    ("Claro. ¿Para qué fecha?", "¿Cuántas personas son?", False),
]


@pytest.mark.parametrize(("reply", "question", "asked"), ASKED)
def test_whether_a_reply_asks_already(reply: str, question: str, asked: bool) -> None:
    assert asks(reply, question) is asked
