"""A provider gets so many calls at once and in a time; who finds no place asks the next model."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from rejoinder.db import Database, connect, new_id
from rejoinder.errors import ModelThrottled, Setup
from rejoinder.llm.calling.breaker import OPENS_AFTER
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.calling.limits import CROWDED, Limit, Limits, read
from rejoinder.testing import ScriptedModel
from rejoinder.usage.model import Call

from .conftest import PROMPT


class Elsewhere(ScriptedModel):
    """Another provider's."""

    @property
    def system(self) -> str:
        return "elsewhere"


async def ask(chain: Chain, calls: list[Call] | None = None, timeout: float = 30) -> str:
    record = (calls if calls is not None else []).append
    return (await generate(chain, PROMPT, timeout=timeout, record=record)).answer.reply


def test_the_setting_is_read() -> None:
    assert read(None) == read("") == {}
    assert read(
        "gemini:concurrency=50,rate=300/minute; openai:rate=10/second;groq:rate=36/hour"
    ) == {
        "google": Limit(50, 5.0),
        "openai": Limit(None, 10.0),
        "groq": Limit(None, 0.01),
    }


@pytest.mark.parametrize(
    "setting",
    [
        "gemini",
        "gemini:",
        ":rate=1/second",
        "gemini:concurrency=0",
        "gemini:concurrency=x",
        f"gemini:concurrency={'9' * 5_000}",
        "gemini:rate=5",
        "gemini:rate=0/second",
        "gemini:rate=5/day",
        "gemini:speed=5",
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(setting: str) -> None:
    with pytest.raises(Setup, match="concurrency=50") as caught:
        read(setting)
    assert caught.value.code == "bad_settings"


async def test_no_more_calls_run_at_once_than_are_allowed() -> None:
    model = ScriptedModel()
    chain = Chain([model], limits=Limits(read("test:concurrency=2")))
    model.hold()
    asking = [asyncio.create_task(ask(chain)) for _ in range(4)]
    await model.called(2)
    await asyncio.sleep(0)
    assert [call.state for call in model.calls] == ["open", "open"]
    model.calls[0].release()
    await model.called(3)
    model.release()
    assert len(await asyncio.gather(*asking)) == 4


async def test_who_finds_no_place_asks_the_next_model_and_nothing_is_booked_for_it() -> None:
    model, other = ScriptedModel(["mine"]), Elsewhere(["theirs"])
    limits = Limits(read("test:concurrency=1"))
    model.hold()
    holding = asyncio.create_task(ask(Chain([model], limits=limits)))
    await model.called()
    calls: list[Call] = []
    assert await ask(Chain([model, other], limits=limits), calls, timeout=0.01) == "theirs"
    assert [call.provider for call in calls] == ["elsewhere"]
    model.release()
    assert await holding == "mine"


async def test_no_place_anywhere_is_told_as_throttling_and_is_not_the_models_failure() -> None:
    model = ScriptedModel(["mine", "again"])
    chain = Chain([model], limits=Limits(read("test:concurrency=1")))
    model.hold()
    holding = asyncio.create_task(ask(chain))
    await model.called()
    for _ in range(OPENS_AFTER):
        with pytest.raises(ModelThrottled) as caught:
            await ask(chain, timeout=0.01)
        assert (caught.value.code, caught.value.retry_after) == (CROWDED, 1.0)
    model.release()
    assert [await holding, await ask(chain)] == ["mine", "again"]


async def test_who_is_cancelled_while_waiting_gives_the_place_to_the_next() -> None:
    model = ScriptedModel(["one", "three"])
    chain = Chain([model], limits=Limits(read("test:concurrency=1")))
    model.hold()
    first = asyncio.create_task(ask(chain))
    await model.called()
    second, third = asyncio.create_task(ask(chain)), asyncio.create_task(ask(chain))
    await asyncio.sleep(0)
    second.cancel()
    model.release()
    assert [await first, await third] == ["one", "three"]
    assert second.cancelled()


async def test_a_rate_lets_so_many_begin_and_holds_the_others_back() -> None:
    model = ScriptedModel()
    chain = Chain([model], limits=Limits(read("test:rate=2/hour")))
    assert await ask(chain)
    with pytest.raises(ModelThrottled):
        await ask(chain, timeout=0.01)
    assert len(model.calls) == 1


async def test_who_waits_for_the_rate_begins_when_it_is_time() -> None:
    model = ScriptedModel()
    chain = Chain([model], limits=Limits(read("test:rate=50/second")))
    await asyncio.gather(*(ask(chain) for _ in range(60)))
    assert len(model.calls) == 60


async def test_with_a_database_the_rate_is_that_of_all_processes(db: Database) -> None:
    provider = f"test-{new_id()}"
    ours, theirs = (Limits(read(f"{provider}:rate=2/hour"), db) for _ in range(2))
    async with ours.place(provider, 5):
        with pytest.raises(ModelThrottled):
            async with theirs.place(provider, 0.05):
                pytest.fail("there was no place")


async def test_without_its_database_a_process_counts_for_itself(dsn: str) -> None:
    away = await connect(dsn, size=1, name="rejoinder tests away")
    await away.close()
    limits = Limits(read("test:rate=2/hour"), away)
    with capture_logs() as logs:
        async with limits.place("test", 5):
            pass
        with pytest.raises(ModelThrottled):
            async with limits.place("test", 0.05):
                pytest.fail("there was no place")
    assert {entry["event"] for entry in logs} == {"model_rate_counted_here"}
