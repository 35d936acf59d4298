"""What holds for every prompt: its budget, its fences, its order; and what is dropped first."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.messages import ModelMessage

from rejoinder.bots.policies import BotSettings, Speak
from rejoinder.guard.redact import Redaction
from rejoinder.llm.form.messages import (
    RULES,
    read_asked,
    read_history,
    read_passages,
    read_task,
    to_messages,
)
from rejoinder.llm.form.tokens import tokens
from rejoinder.llm.model import Entity, Line, Passage, Understanding
from rejoinder.turns.prompt.budget import middle_out, shortened
from rejoinder.turns.prompt.compose import compose, composed, fixed_tokens, whole
from rejoinder.turns.prompt.hide import hidden
from rejoinder.turns.prompt.instructions import instructions
from rejoinder.turns.prompt.model import Dropped, Profile, PromptFacts
from tests.turns.prompt.facts import CASES, HOSTILE, bot

wild = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), max_size=4).map("".join),
)
lines = st.builds(Line, speaker=st.sampled_from(("customer", "business")), text=wild)
profiles = st.builds(
    Profile,
    name=wild,
    language=wild,
    time_zone=wild,
    attributes=st.dictionaries(wild, wild, max_size=3),
    tags=st.lists(wild, max_size=3).map(tuple),
)
understood = st.builds(
    Understanding,
    entities=st.lists(st.builds(Entity, type=wild, value=wild), max_size=3).map(tuple),
)
facts = st.builds(
    PromptFacts,
    bot=st.integers(500, 4_000).map(
        lambda budget: bot(BotSettings(speak=Speak(token_budget=budget)))
    ),
    asked=st.lists(wild, min_size=1, max_size=3).map(tuple),
    history=st.lists(lines, max_size=12).map(tuple),
    passages=st.lists(
        st.builds(Passage, title=wild, text=wild, score=st.just(0.5)), max_size=5
    ).map(tuple),
    summary=wild,
    profile=profiles,
    understanding=st.none() | understood,
    resources=st.just("") | st.dictionaries(wild, wild, max_size=3).map(json.dumps),
    notes=st.lists(wild, max_size=2).map(tuple),
)


def _words(messages: list[ModelMessage]) -> list[str]:
    """Every text of a request, without the instructions."""
    found = [getattr(part, "content", "") for message in messages for part in message.parts]
    return [text for text in found if isinstance(text, str)]


@given(facts)
def test_the_budget_is_held(given_facts: PromptFacts) -> None:
    found = composed(given_facts)
    prompt = replace(found.prompt, asked=())
    messages, _ = to_messages(prompt)
    told = sum(map(tokens, [prompt.instructions, RULES, *_words(messages)]))
    most = max(given_facts.bot.settings.speak.token_budget, fixed_tokens(whole(given_facts)))
    assert found.tokens <= most
    assert told <= most


@given(facts)
def test_the_same_facts_make_the_same_prompt(given_facts: PromptFacts) -> None:
    assert composed(given_facts) == composed(replace(given_facts))


@given(facts)
def test_no_word_of_a_customer_leaves_its_fence(given_facts: PromptFacts) -> None:
    given_facts = replace(given_facts, notes=(), history=tuple(
        line for line in given_facts.history if line.speaker == "customer"
    ))  # fmt: skip
    found = compose(given_facts)
    messages, _ = to_messages(found)
    assert read_task(messages) == ""
    assert read_passages(messages) == list(found.passages)
    assert read_asked(messages) == list(found.asked)
    assert [line.text for line in read_history(messages)] == [line.text for line in found.history]
    for text in _words(messages):
        assert text.startswith(("<", "(What the customer wrote"))
        assert "<|" not in text


@given(facts)
def test_what_a_customer_is_and_wrote_is_not_in_the_instructions(given_facts: PromptFacts) -> None:
    same = PromptFacts(bot=given_facts.bot, asked=())
    assert compose(given_facts).instructions == instructions(same)


@given(facts)
def test_a_value_of_the_profile_is_one_line(given_facts: PromptFacts) -> None:
    known = given_facts.profile
    values = [known.name, known.language, known.time_zone, *known.attributes.values()]
    lines = whole(given_facts).profile.splitlines()
    assert len(lines) <= sum(bool(value.strip()) for value in values) + bool(known.tags)


def test_the_oldest_lines_go_first_then_the_lowest_passages() -> None:
    case = CASES["long_history"]
    fixed = fixed_tokens(whole(case))

    def dropped(beside: int) -> Dropped:
        speak = Speak(token_budget=fixed + beside)
        return composed(replace(case, bot=bot(BotSettings(speak=speak)))).dropped

    assert dropped(9_000).told() == {}
    assert 0 < dropped(1_000).history < 12
    assert (dropped(1_000).passages, dropped(260).history) == (0, 12)
    assert [dropped(beside).passages for beside in (260, 160, 60)] == [0, 1, 2]
    assert dropped(60).told() == {"history": 12, "passages": 2}


def test_what_is_kept_is_the_newest_and_the_best() -> None:
    case = CASES["long_history"]
    found = composed(case)
    assert found.prompt.history == case.history[found.dropped.history :]
    assert found.prompt.passages == case.passages


def test_summary_and_profile_are_cut_before_the_systems_words_go() -> None:
    speak = Speak(token_budget=1_100)
    orders = json.dumps({"orders": ["one", "two"]})
    found = composed(
        PromptFacts(
            bot=bot(BotSettings(speak=speak)),
            asked=("hm?",),
            summary="She asked for a refund. " * 200,
            profile=Profile(
                name="Ann", attributes={f"n{i}": "of many words " * 9 for i in range(9)}
            ),
            resources=orders,
        )
    )
    assert found.prompt.context == orders
    assert found.dropped.shortened == ("profile", "summary")
    assert found.prompt.profile.startswith("name: Ann\n")
    assert found.prompt.summary.endswith("…")


def test_the_systems_words_are_whole_or_not_there() -> None:
    case = PromptFacts(bot=bot(), asked=("hm?",), resources=json.dumps(["x" * 90_000]))
    found = composed(case)
    assert found.prompt.context == ""
    assert found.dropped.told() == {"left_out": ["context"]}


def test_instructions_and_the_asked_stay_whatever_the_budget() -> None:
    rules = tuple(f"Rule {number}: " + "never " * 30 for number in range(90))
    speak = Speak(token_budget=500, policies=rules)
    found = composed(
        PromptFacts(bot=bot(BotSettings(speak=speak)), asked=("x" * 7_000,), summary="old")
    )
    assert all(rule.strip() in found.prompt.instructions for rule in rules)
    assert found.prompt.asked == ("x" * 7_000,)
    assert found.dropped.told() == {"left_out": ["summary"]}


@given(st.lists(st.text(max_size=60), max_size=6), st.integers(10, 120))
def test_long_questions_lose_their_middle(texts: list[str], most: int) -> None:
    found = shortened(texts, most)
    assert len(found) == len(texts)
    if sum(map(len, texts)) <= most:
        assert list(found) == texts
    mark = 5
    assert sum(map(len, found)) <= most + len(texts) * (mark + 2)
    assert all(
        cut == text or (cut[0] == text[0] and cut[-1] == text[-1])
        for cut, text in zip(found, texts, strict=True)
    )


def test_the_middle_is_marked() -> None:
    assert middle_out("a" * 50 + "b" * 50, 35) == "a" * 20 + "\n[…]\n" + "b" * 10


def test_what_is_the_customers_is_hidden_and_what_is_the_shops_stays() -> None:
    case = replace(
        CASES["thai_persona"],
        asked=("call 555",),
        history=(Line("customer", "555"), Line("business", "noted: 555")),
        summary="555",
        resources='{"tel": "555"}',
        passages=(Passage("Contact", "Our number is 555", 0.9),),
    )
    found = compose(hidden(case, lambda text: text.replace("555", "[PHONE_1]")))
    shown = "\n".join(_words(to_messages(replace(found, passages=()))[0]))
    assert "555" not in shown
    assert shown.count("[PHONE_1]") == 5
    assert found.passages == case.passages


def test_the_systems_words_stay_json_when_they_are_hidden() -> None:
    told = {"tel": 555, "to": ["555", None, True, 1.5], "555": {"note": 'call "555"'}}
    case = PromptFacts(bot=bot(), asked=("x",), resources=json.dumps(told))
    found = compose(hidden(case, lambda text: text.replace("555", '["P"]')))
    assert json.loads(found.context) == {
        "tel": '["P"]',
        "to": ['["P"]', None, True, 1.5],
        '["P"]': {"note": 'call "["P"]"'},
    }
    assert compose(hidden(CASES["minimal"], str.upper)).context == ""


def test_some_numbers_are_known_by_their_names_alone() -> None:
    """Passports, for instance: in an attribute, in JSON, among the things that rules found."""
    case = PromptFacts(
        bot=bot(),
        asked=("x",),
        profile=Profile(attributes={"passport": "AB1234567"}),
        understanding=Understanding(entities=(Entity("passport", "AB1234567"),)),
        resources=json.dumps({"passport": ["AB1234567"]}),
    )
    found = compose(hidden(case, Redaction({"passport"}).hide))
    shown = "\n".join(_words(to_messages(found)[0]))
    assert "AB1234567" not in shown
    assert shown.count("[PASSPORT_1]") == 3


def test_it_is_hidden_before_it_is_cut() -> None:
    """Half an address is known for none."""
    settings = BotSettings.model_validate({"check": {"longest_question": 100}})
    text = f"{'x' * 50} nora.whitfield@postbox.example {'y' * 300}"
    case = PromptFacts(bot=bot(settings), asked=(text,))
    found = compose(hidden(case, Redaction({"email"}).hide))
    assert "nora" not in found.asked[0]
