"""Each check of a reply by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.bots.policies import Check
from rejoinder.guard.after import after, mend
from rejoinder.guard.model import Facts, Finding
from rejoinder.guard.names import CHECKS, unknown
from rejoinder.llm.model import Line, Passage
from tests.guard.failing import ASKED, failing


def test_every_check_that_is_on_leaves_a_finding() -> None:
    named = [name for name, check in CHECKS.items() if check.when == "after"]
    assert [finding.check for finding in after("We open at 9.", ASKED, Check())] == named
    rest = after("We open at 9.", ASKED, Check(off=frozenset({"promise", "secrets"})))
    assert {finding.check for finding in rest} == set(named) - {"promise", "secrets"}


def test_names_nobody_knows_are_told() -> None:
    assert unknown({"promise", "mood", "colour"}) == ["colour", "mood"]


@pytest.mark.parametrize("reply", ["", "  \n", "...", "\u200b"])
def test_an_empty_reply_is_looked_at_no_further(reply: str) -> None:
    *_, last = after(reply, ASKED, Check())
    assert (last.check, last.ok, last.severity) == ("empty", False, "regenerate")


def test_a_reply_of_emoji_is_one() -> None:
    assert failing("🙏") == set()


@pytest.mark.parametrize(
    "reply",
    [
        '{"decision": "answer", "reply": "Hi"}',
        "```\nHi\n```",
        "Hello {{ name }}",
        "Your total is undefined.",
        "null",
        "<passage>Hi</passage>",
        "Hello &lt;b&gt;",
        "[object Object]",
        "Hi <|im_end|>",
    ],
)
def test_output_that_is_no_text(reply: str) -> None:
    assert "broken_output" in failing(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Dear [Your Name], welcome",
        "Order [ORDER_NUMBER] is late",
        "Hi {first_name}!",
        "Write to [EMAIL_3].",
    ],
)
def test_placeholders_that_stand_for_nothing(reply: str) -> None:
    assert failing(reply) == {"unresolved_placeholder"}


def test_a_placeholder_the_customer_wrote_may_be_quoted() -> None:
    assert (
        failing("You wrote [EMAIL_1].", Facts(asked=("what is [EMAIL_1]?",), language="en"))
        == set()
    )


def test_the_shorter_of_the_two_limits_counts() -> None:
    assert failing("word " * 30, ASKED, Check(longest_reply=100)) == {"too_long"}
    assert failing("word " * 30, Facts(asked=("?",), limit=120)) == {"too_long"}
    assert failing("word " * 30, Facts(asked=("?",), limit=200)) == set()


@pytest.mark.parametrize(
    ("reply", "failed"),
    [
        ("We deliver to Bangkok and Chiang Mai within two working days, every week.", True),
        ("We deliver to Bangkok and Chiang Mai within two working days , every week!", True),
        ("We deliver to Hanoi within five days; shipping to Hue takes a week.", False),
        ("You're welcome!", False),
    ],
)
def test_what_was_said_before_is_not_said_again(reply: str, failed: bool) -> None:
    earlier = (
        "We deliver to Bangkok and Chiang Mai within two working days, every week.",
        "You're welcome!",
    )
    facts = Facts(asked=("And?",), earlier_replies=earlier)
    assert failing(reply, facts) == ({"repeated"} if failed else set())


SHIPPING = "We deliver to Bangkok and Chiang Mai within two working days, every week."


@pytest.mark.parametrize(
    ("asked", "replies", "failed"),
    [
        ("how long does shipping take", (SHIPPING, "You're welcome!"), False),
        ("How long does shipping take?", (SHIPPING, SHIPPING), True),
        ("And to Hue?", (SHIPPING,), True),
        ("How long does shipping of 44 bags take?", (SHIPPING,), True),
    ],
)
def test_who_asks_again_is_told_again_once(
    asked: str, replies: tuple[str, ...], failed: bool
) -> None:
    history = (Line("customer", "How long does shipping take?"), Line("business", SHIPPING))
    facts = Facts(asked=(asked,), history=history, earlier_replies=replies)
    assert failing(SHIPPING, facts) == ({"repeated"} if failed else set())


def test_other_numbers_make_another_reply() -> None:
    earlier = ("Order 4417 is on the way to you and will arrive on Monday at the latest.",)
    facts = Facts(asked=("And 4418?",), earlier_replies=earlier)
    assert (
        failing("Order 4418 is on the way to you and will arrive on Monday at the latest.", facts)
        == set()
    )


@pytest.mark.parametrize(
    ("word", "reply", "found"),
    [
        ("cheap", "These are CHEAP cups", True),
        ("cheap", "These are cheaper cups", False),
        ("café", "our cafe is open", True),
        ("ถูก", "ของเราถูกที่สุด", True),
        ("bán", "chào bạn nhé, cảm ơn bạn", False),
        ("bán", "shop có bán ạ", True),
        ("on sale", "It is on  sale now", True),
        ("$$$", "lots of $$$ here", True),
    ],
)
def test_banned_words(word: str, reply: str, found: bool) -> None:
    failed = failing(reply, Facts(asked=("?",)), Check(banned_words=(word,)))
    assert ("banned_words" in failed) is found


@pytest.mark.parametrize(
    ("topic", "reply", "found"),
    [
        ("medical advice", "I can't give medical advice.", True),
        ("medical advice", "My advice is the green tea.", False),
        ("politics", "Politics is not for us.", True),
        ("competitor discounts", "Our competitors discount more.", True),
        ("การเมือง", "เรื่องการเมืองตอบไม่ได้ค่ะ", True),
        ("bán rượu", "chúc bạn vui", False),
        ("apuestas deportivas", "Las apuestas deportivas son otra cosa.", True),
    ],
)
def test_banned_topics(topic: str, reply: str, found: bool) -> None:
    failed = failing(reply, Facts(asked=("?",)), Check(banned_topics=(topic,)))
    assert ("banned_topics" in failed) is found


@pytest.mark.parametrize(
    ("reply", "asked", "language", "failed"),
    [
        (
            "Su pedido llegará el jueves, muchas gracias por su paciencia con nosotros.",
            "where is it",
            "en",
            True,
        ),
        ("ร้านเปิดทุกวันเก้าโมงเช้าค่ะ", "when do you open?", "en", True),
        (
            "We are open every day from nine to six, and you are very welcome to come.",
            "Answer in English please",
            "th",
            False,
        ),
        ("OK, gracias!", "where is it", "en", False),
        (
            "We are open every day from nine to six, and you are very welcome to come.",
            "?",
            "und",
            False,
        ),
    ],
)
def test_the_customers_language(reply: str, asked: str, language: str, failed: bool) -> None:
    assert ("wrong_language" in failing(reply, Facts(asked=(asked,), language=language))) is failed


FEES = Passage("Fees", "Delivery costs 50 baht within Thailand. It is free over 1,000 baht.", 0.9)


@pytest.mark.parametrize(
    ("reply", "failed"),
    [
        (f"Tengo esta información solo en otro idioma:\n{FEES.text}", set[str]()),
        (FEES.text, {"wrong_language"}),
        (f"{FEES.text} Let me know when you order!", {"wrong_language"}),
    ],
)
def test_a_passage_may_be_quoted_in_its_own_language(reply: str, failed: set[str]) -> None:
    asked = ("¿Cuánto cuesta el envío?",)
    assert failing(reply, Facts(asked, passages=(FEES,), language="es")) == failed
    assert failing(reply, Facts(asked, passages=(FEES,)), Check(languages=("es",))) == failed


def test_a_bot_that_answers_in_its_own_languages() -> None:
    check = Check(languages=("th",))
    facts = Facts(asked=("do you open on sundays?",), language="en")
    assert failing("ร้านเปิดทุกวันเก้าโมงเช้าค่ะ", facts, check) == set()
    assert failing(
        "We are open every day from nine to six, and you are welcome.", facts, check
    ) == {"wrong_language"}


def test_another_name_than_the_personas() -> None:
    facts = Facts(asked=("who are you?",), instructions="You are Mia.", persona="Mia")
    assert failing("My name is Bob.", facts) == {"persona_change"}
    assert failing("My name is Mia.", facts) == set()


def test_a_persona_may_be_a_pirate_by_its_own_instructions() -> None:
    facts = Facts(asked=("hi",), instructions="You are Jack. Greet with: Ahoy, matey!")
    assert failing("Ahoy, matey! What can I get you?", facts) == set()


@pytest.mark.parametrize(
    ("facts", "fails"),
    [
        (Facts(asked=("cancel it",)), True),
        (Facts(asked=("cancel it",), done_actions=("cancelled order 17",)), False),
        (Facts(asked=("cancel it",), context='{"status": "cancelled"}'), False),
        (Facts(asked=("cancel it",), context='{"cancelled": false, "updated_at": 5}'), True),
        (Facts(asked=("cancel it",), done_actions=("transfer_to_agent",)), True),
        (Facts(asked=("?",), history=(Line("business", "I have cancelled it for you."),)), False),
        (Facts(asked=("?",), history=(Line("customer", "you have cancelled it"),)), True),
        (
            Facts(
                asked=("?",), passages=(Passage("", "Orders can be cancelled within a day.", 1.0),)
            ),
            True,
        ),
    ],
)
def test_a_claim_rests_on_a_record(facts: Facts, fails: bool) -> None:
    assert ("promise" in failing("Done, I have cancelled your order.", facts)) is fails


def test_what_the_model_says_it_did_counts_too() -> None:
    claimed = Facts(asked=("refund me",), language="en", done=("refunded the order",))
    assert failing("All settled, enjoy your day!", claimed) == {"promise"}
    spoke = Facts(asked=("?",), language="en", done=("answered about the delivery", "was kind"))
    assert failing("All settled, enjoy your day!", spoke) == set()
    recorded = Facts(asked=("?",), language="en", done=("refunded",), context='{"refund": "paid"}')
    assert failing("All settled, enjoy your day!", recorded) == set()


@pytest.mark.parametrize(
    ("reply", "fails"),
    [
        ("You get 20% off today.", True),
        ("You get 15% off today.", False),
        ("We don't give 20% off.", False),
        ("It is 100% cotton.", False),
        ("We guarantee delivery by Monday.", True),
        ("I'll add a free gift.", True),
        ("Feel free to ask.", False),
    ],
)
def test_offers_rest_on_what_the_business_says(reply: str, fails: bool) -> None:
    facts = Facts(asked=("20% please",), passages=(Passage("", "Sale: 15% off.", 1.0),))
    assert ("ungrounded_offer" in failing(reply, facts)) is fails


def test_facts_of_the_persona_may_be_told_but_not_its_orders() -> None:
    instructions = (
        "You are Mia. We are open from Monday to Friday from 9 to 18 at 12 Canal Road, next to the station.\n"
        "You must always offer the large cup first and never speak of the old shop in Rama Road."
    )
    facts = Facts(asked=("hours?",), instructions=instructions, language="en")
    assert (
        failing(
            "We are open from Monday to Friday from 9 to 18 at 12 Canal Road, next to the station.",
            facts,
        )
        == set()
    )
    told = "always offer the large cup first and never speak of the old shop in Rama Road."
    assert "leaked_prompt" in failing(f"I must {told}", facts)


def test_the_second_try_is_told_what_was_wrong() -> None:
    findings = (
        Finding("promise", False, '"i have refunded": nothing of the kind was done', "regenerate"),
        Finding("empty", True),
    )
    assert "not that it is done" in mend(findings)
    assert mend((Finding("empty", True), Finding("injection", False, "override", "note"))) == ""


def test_every_check_has_its_mend() -> None:
    for name, check in CHECKS.items():
        if check.when == "after":
            assert mend((Finding(name, False, "x", "regenerate"),))


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_reply_makes_a_check_fail(reply: str, told: str) -> None:
    facts = Facts(
        asked=(told,),
        instructions=told,
        passages=(Passage("", told, 1.0),),
        done=(told,),
        language="vi",
    )
    assert after(reply, facts, Check(banned_words=(".",), banned_topics=("tea",)))


_UNITS = [
    "a",
    "a ",
    "a.",
    "http://",
    "i have ",
    "{",
    "1 ",
    "%",
    "%41",
    "never tell ",
    "hoàn tiền ",
    "ห้ามบอก",
    "password is ",
    "[your ",
    "A",
    "เมื่อกี้",
    "just now order ",
    "[. ",
]


@pytest.mark.parametrize("unit", [*_UNITS, "?!", "A. ", " \t", "\u00a0"])
def test_long_texts_end(unit: str) -> None:
    text = unit * (100_000 // len(unit)) + "x"
    facts = Facts(
        asked=(text,),
        instructions=text,
        passages=(Passage("", text, 1.0),),
        earlier_replies=(text,),
    )
    assert failing(text, facts) & {"too_long", "empty"}
