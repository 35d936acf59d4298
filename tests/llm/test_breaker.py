"""A model that fails again and again is left alone, then tried by one."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.errors import ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.breaker import OPENS_AFTER, REST_SECONDS, RESTING
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.failure import UNUSABLE
from rejoinder.llm.calling.generate import generate
from rejoinder.testing import ScriptedModel
from rejoinder.testing.scripted_model import Line
from rejoinder.usage.model import Call

from .conftest import PROMPT

DOWN = ModelTransient("The server is down.")


class Ward:
    """A chain whose clock stands still until it is moved."""

    def __init__(self, *models: ScriptedModel) -> None:
        self.now = 100.0
        self.chain = Chain(models, clock=lambda: self.now)
        self.calls: list[Call] = []

    async def ask(self, timeout: float = 30) -> str:
        found = await generate(self.chain, PROMPT, timeout=timeout, record=self.calls.append)
        return found.answer.reply

    async def fails(self, times: int, kind: type[Exception] = ModelTransient) -> None:
        for _ in range(times):
            with pytest.raises(kind):
                await self.ask()


def failing(*then: Line) -> ScriptedModel:
    """One that fails until its breaker opens, and then does this."""
    return ScriptedModel([*[DOWN] * OPENS_AFTER, *then])


async def test_after_several_failures_it_is_not_asked_and_says_for_how_long() -> None:
    model = failing("Back")
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    ward.now += 10
    with pytest.raises(ModelTransient, match="The server is down") as caught:
        await ward.ask()
    assert (caught.value.code, caught.value.retry_after) == (RESTING, REST_SECONDS - 10)
    assert len(model.calls) == len(ward.calls) == OPENS_AFTER


async def test_when_its_rest_is_over_one_call_tries_it_and_it_is_back() -> None:
    model = failing("Back", "And again")
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    ward.now += REST_SECONDS
    assert ward.chain.breaker(model).state == "half_open"
    assert await ward.ask() == "Back"
    assert ward.chain.breaker(model).state == "closed"
    assert await ward.ask() == "And again"


async def test_one_that_fails_the_trial_rests_again() -> None:
    model = failing(DOWN, "Back")
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    ward.now += REST_SECONDS
    await ward.fails(2)
    assert len(model.calls) == OPENS_AFTER + 1
    ward.now += REST_SECONDS
    assert await ward.ask() == "Back"


async def test_while_one_tries_it_the_others_wait_for_what_becomes_of_that() -> None:
    model = failing("One", "Two")
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    ward.now += REST_SECONDS
    model.hold()
    asking = [asyncio.create_task(ward.ask()) for _ in range(2)]
    await model.called(OPENS_AFTER + 1)
    model.release()
    assert await asyncio.gather(*asking) == ["One", "Two"]


async def test_the_others_do_not_wait_for_longer_than_a_call_may_take() -> None:
    model = failing("One")
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    ward.now += REST_SECONDS
    model.hold()
    trying = asyncio.create_task(ward.ask())
    await model.called(OPENS_AFTER + 1)
    with pytest.raises(ModelTransient) as caught:
        await ward.ask(timeout=0.01)
    assert caught.value.code == RESTING
    model.release()
    assert await trying == "One"


async def test_while_one_tries_it_the_others_ask_the_next() -> None:
    model, other = failing("One"), ScriptedModel(["other"] * (OPENS_AFTER + 1))
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    both = Chain([model, other], breakers=ward.chain.breakers)
    ward.now += REST_SECONDS
    model.hold()
    trying = asyncio.create_task(ward.ask())
    await model.called(OPENS_AFTER + 1)
    said = await generate(both, PROMPT, timeout=30, record=ward.calls.append)
    assert said.answer.reply == "other"
    model.release()
    assert await trying == "One"


async def test_a_trial_that_is_cancelled_leaves_it_to_the_next() -> None:
    model = failing("Cancelled", "Back")
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    ward.now += REST_SECONDS
    model.hold()
    trying = asyncio.create_task(ward.ask())
    await model.called(OPENS_AFTER + 1)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    model.release()
    assert await ward.ask() == "Back"


async def test_a_wrong_key_stays_a_refusal() -> None:
    model = ScriptedModel([ModelRefused("bad key", mend="Check it.")] * OPENS_AFTER)
    ward = Ward(model)
    await ward.fails(OPENS_AFTER, ModelRefused)
    with pytest.raises(ModelRefused, match="bad key"):
        await ward.ask()
    assert len(model.calls) == OPENS_AFTER


async def test_an_answer_of_no_use_says_nothing_against_its_health() -> None:
    lines: list[Line] = [DOWN] * (OPENS_AFTER - 1)
    model = ScriptedModel([*lines, ModelTransient("odd", code=UNUSABLE), *lines, "Still here"])
    ward = Ward(model)
    await ward.fails(2 * OPENS_AFTER - 1)
    assert await ward.ask() == "Still here"


async def test_a_pause_that_is_asked_for_is_kept() -> None:
    slow = ModelThrottled("slow down", retry_after=90)
    model = ScriptedModel([slow] * OPENS_AFTER)
    ward = Ward(model)
    await ward.fails(OPENS_AFTER)
    with pytest.raises(ModelTransient) as caught:
        await ward.ask()
    assert caught.value.retry_after == 90
