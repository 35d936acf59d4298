"""Several models: when one can't answer the next is asked, every call is booked, and who failed waits at the end."""

from __future__ import annotations

import pytest

from rejoinder.errors import ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.chain import REST_SECONDS, Chain
from rejoinder.llm.failure import PROMPT_REFUSED
from rejoinder.llm.generate import generate
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
        self.waits: list[float] = []

    async def ask(self, attempts: int = 3) -> str:
        generated = await generate(
            self.chain,
            PROMPT,
            timeout=30,
            attempts=attempts,
            record=self.calls.append,
            sleep=self._sleep,
        )
        return generated.answer.reply

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def outcomes(self) -> list[str]:
        """What became of each call booked."""
        return [call.outcome for call in self.calls]


BUSY = ModelTransient("Overloaded")


async def test_the_next_one_answers_at_once() -> None:
    first, second = ScriptedModel([BUSY]), ScriptedModel(["From the second"])
    diary = Diary(first, second)
    assert await diary.ask() == "From the second"
    assert diary.outcomes == ["error", "ok"]
    assert diary.waits == []


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


async def test_a_round_of_failures_is_followed_by_a_pause() -> None:
    first, second = ScriptedModel([BUSY, "Back"]), ScriptedModel([BUSY])
    diary = Diary(first, second)
    assert await diary.ask() == "Back"
    assert len(diary.waits) == 1


async def test_one_that_refuses_is_not_asked_again() -> None:
    refusing = ScriptedModel([ModelRefused("bad key"), "never said"])
    other = ScriptedModel([BUSY, "Second round"])
    diary = Diary(refusing, other)
    assert await diary.ask() == "Second round"
    assert len(refusing.calls) == 1


async def test_when_all_refuse_there_is_no_second_round() -> None:
    diary = Diary(ScriptedModel([ModelRefused("bad key")]), ScriptedModel([ModelRefused("gone")]))
    with pytest.raises(ModelRefused, match="bad key"):
        await diary.ask()
    assert diary.outcomes == ["error", "error"]
    assert diary.waits == []


async def test_the_rounds_are_counted() -> None:
    first, second = ScriptedModel([BUSY] * 5), ScriptedModel([ModelRefused("bad key")])
    diary = Diary(first, second)
    with pytest.raises(ModelTransient, match="Overloaded"):
        await diary.ask(attempts=3)
    assert (len(first.calls), len(second.calls)) == (3, 1)


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


async def test_one_that_asks_to_be_left_alone_is_not_asked_while_others_may_be() -> None:
    throttled = ScriptedModel([ModelThrottled("slow down", retry_after=60), "never said"])
    other = ScriptedModel([BUSY, "Second round"])
    diary = Diary(throttled, other)
    assert await diary.ask() == "Second round"
    assert len(throttled.calls) == 1
    diary.now += REST_SECONDS + 1
    other.script.append("Still")
    assert await diary.ask() == "Still"


def test_a_chain_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Chain([])
