"""The fake model does what the scenarios rely on."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from rejoinder.errors import ModelTransient
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.model import Answer, Entity, Prompt, Understanding
from rejoinder.testing import ScriptedModel
from rejoinder.usage.model import Call


async def ask(model: ScriptedModel, *asked: str, calls: list[Call] | None = None) -> Answer:
    record = (calls if calls is not None else []).append
    prompt = Prompt("Be kind.", (), (), asked)
    generated = await generate(Chain([model]), prompt, timeout=30, record=record)
    return generated.answer


async def test_it_says_its_lines_then_what_it_read() -> None:
    understood = Understanding("complaint", "negative", 0.7, (Entity("order", "A-17"),))
    model = ScriptedModel(["First", Answer("", "silent", "why", understood)])
    assert (await ask(model, "one")).reply == "First"
    assert await ask(model, "two") == Answer("", "silent", "why", understood)
    assert (await ask(model, "three", "four")).reply == "Read: three | four"
    assert [call.asked for call in model.calls] == [["one"], ["two"], ["three", "four"]]
    assert "Be kind." in model.calls[0].prompt


async def test_it_raises_what_is_scripted() -> None:
    model = ScriptedModel([ModelTransient("busy")], tokens=(7, 3))
    calls: list[Call] = []
    with pytest.raises(ModelTransient, match="busy"):
        await ask(model, "one", calls=calls)
    await ask(model, "two", calls=calls)
    assert [call.outcome for call in calls] == ["error", "ok"]
    assert (calls[1].input_tokens, calls[1].output_tokens) == (7, 3)
    assert [call.state for call in model.calls] == ["raised", "answered"]


async def test_a_held_call_stays_open_until_it_is_released() -> None:
    model = ScriptedModel()
    model.hold()
    asks = [asyncio.create_task(ask(model, text)) for text in ("one", "two", "three")]
    await model.called(3)
    assert [call.state for call in model.calls] == ["open"] * 3
    model.calls[1].release()
    assert (await asks[1]).reply == "Read: two"
    asks[2].cancel()
    await model.until(lambda: model.calls[2].state == "cancelled")
    assert model.calls[0].state == "open"
    model.release()
    assert (await asks[0]).reply == "Read: one"
    assert (await ask(model, "four")).reply == "Read: four"
    await asyncio.wait(asks)


def test_the_fakes_load_when_they_are_used() -> None:
    """`rejoinder.testing.openai_stub` runs as a process of its own, which has no use for pydantic-ai."""
    code = "import sys, rejoinder.testing; print('pydantic_ai' in sys.modules, 'aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_name_that_is_none_of_them_is_said_so() -> None:
    import rejoinder.testing

    with pytest.raises(AttributeError, match="Nothing"):
        _ = rejoinder.testing.Nothing
