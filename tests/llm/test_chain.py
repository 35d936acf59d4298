"""Several models: when one can't answer the next is asked, every call is booked, and who failed waits at the end."""

from __future__ import annotations

import pytest

from rejoinder.errors import ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.chain import LONGEST_REST_SECONDS, REST_SECONDS, Chain
from rejoinder.llm.calling.failure import PROMPT_REFUSED
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.model import Answer
from rejoinder.testing import ScriptedModel
from rejoinder.usage.model import Call

from .conftest import PROMPT


class Diary:
    """Asks a chain whose clock stands still until it is moved."""

    def __init__(self, *models: ScriptedModel) -> None:
        self.now = 100.0
        self.chain = Chain(models, clock=lambda: self.now)
        self.calls: list[Call] = []

    async def ask(self) -> str:
        generated = await generate(self.chain, PROMPT, timeout=30, record=self.calls.append)
        return generated.answer.reply

    @property
    def outcomes(self) -> list[str]:
        """What became of each call booked."""
        return [call.outcome for call in self.calls]


BUSY = ModelTransient("Overloaded")
SLOW = ModelThrottled("slow down", retry_after=9)


async def test_the_next_one_answers_at_once() -> None:
    first, second = ScriptedModel([BUSY]), ScriptedModel(["From the second"])
    diary = Diary(first, second)
    assert await diary.ask() == "From the second"
    assert diary.outcomes == ["error", "ok"]


async def test_who_failed_is_asked_last_for_a_while() -> None:
    first, second = ScriptedModel([BUSY, "From the first"]), ScriptedModel(["one", "two"])
    diary = Diary(first, second)
    assert [await diary.ask(), await diary.ask()] == ["one", "two"]
    assert len(first.calls) == 1
    diary.now += REST_SECONDS + 1
    assert await diary.ask() == "From the first"


async def test_who_rests_is_asked_all_the_same_when_the_others_fail() -> None:
    first, second = ScriptedModel([BUSY, "First again"]), ScriptedModel(["one", BUSY])
    diary = Diary(first, second)
    assert await diary.ask() == "one"
    assert await diary.ask() == "First again"
    assert diary.outcomes == ["error", "ok", "error", "ok"]


async def test_each_is_asked_once_and_the_failure_that_may_pass_is_told() -> None:
    models = [ScriptedModel([line] * 2) for line in (ModelRefused("bad key"), BUSY, SLOW)]
    diary = Diary(*models)
    with pytest.raises(ModelTransient, match="Overloaded"):
        await diary.ask()
    assert [len(model.calls) for model in models] == [1, 1, 1]
    assert diary.outcomes == ["error", "error", "error"]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [([60.0, 7.0], 7.0), ([7.0, 60.0], 7.0), ([60.0, None], None), ([None], None), ([0.0], 0.0)],
)
async def test_the_pause_told_is_the_shortest_asked_for(
    asked: list[float | None], wait: float | None
) -> None:
    """A model that asks for none may answer at once; one that refuses has no say."""
    failures = [ModelThrottled("slow down", retry_after=each) for each in asked]
    refusing = ScriptedModel([ModelRefused("bad key")])
    diary = Diary(refusing, *(ScriptedModel([each]) for each in failures))
    with pytest.raises(ModelThrottled) as caught:
        await diary.ask()
    assert caught.value.retry_after == wait


async def test_when_all_refuse_the_first_refusal_is_told() -> None:
    diary = Diary(ScriptedModel([ModelRefused("bad key")]), ScriptedModel([ModelRefused("gone")]))
    with pytest.raises(ModelRefused, match="bad key"):
        await diary.ask()
    assert diary.outcomes == ["error", "error"]


async def test_nobody_is_asked_to_say_what_another_declined_to() -> None:
    declining = ScriptedModel([ModelRefused("declined", code="model_declined")])
    other = ScriptedModel([Answer("Well …", "answer", "")])
    diary = Diary(declining, other)
    with pytest.raises(ModelRefused, match="declined"):
        await diary.ask()
    assert other.calls == []


async def test_one_odd_prompt_does_not_take_the_model_from_others() -> None:
    """A prompt that is too long, an answer that can't be used: neither says anything of the model."""
    odd = ModelRefused("too long", code=PROMPT_REFUSED)
    first = ScriptedModel([odd, Answer("", "answer", ""), "From the first"])
    diary = Diary(first, ScriptedModel(["one", "two"]))
    assert [await diary.ask(), await diary.ask()] == ["one", "two"]
    assert [call.estimated for call in diary.calls] == [False, False, False, False]
    assert await diary.ask() == "From the first"


async def test_of_those_that_rest_the_one_that_may_answer_sooner_is_asked_first() -> None:
    throttled = ScriptedModel([ModelThrottled("slow down", retry_after=60), "never said"])
    other = ScriptedModel([ModelTransient("Overloaded"), "Second attempt", "Third"])
    diary = Diary(throttled, other)
    with pytest.raises(ModelThrottled):
        await diary.ask()
    assert await diary.ask() == "Second attempt"
    diary.now += REST_SECONDS + 1
    assert await diary.ask() == "Third"
    assert len(throttled.calls) == 1


async def test_nobody_is_left_alone_for_longer_than_the_limit() -> None:
    throttled = ScriptedModel([ModelThrottled("slow down", retry_after=86_400), "Back"])
    diary = Diary(throttled, ScriptedModel(["one"]))
    assert await diary.ask() == "one"
    diary.now += LONGEST_REST_SECONDS + 1
    assert await diary.ask() == "Back"


def test_a_chain_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Chain([])
