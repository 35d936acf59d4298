"""SIGTERM in the middle of a turn: it finishes inside the deadline, or the next start answers it; exit code 0."""

from __future__ import annotations

import asyncio

from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Hang
from tests.crash.program import DRAIN_S, Program
from tests.eventually import eventually


async def test_a_running_turn_finishes_first(program: Program, stub: OpenAIStub) -> None:
    stub.delay = DRAIN_S / 2
    await program.posts("stopped-finishes", "one")
    await stub.until(lambda stub: stub.open == 1)
    assert await program.stop() == 0
    assert len(stub.requests) == 1
    await program.start()
    assert await program.replies("stopped-finishes") == ["Read: one"]
    assert len(stub.requests) == 1


async def test_a_turn_that_does_not_finish_is_answered_by_the_next_start(
    program: Program, stub: OpenAIStub
) -> None:
    stub.script.append(Hang())
    await program.posts("stopped-late", "one")
    await stub.until(lambda stub: stub.open == 1)
    assert await program.stop() == 0
    assert stub.open == 0
    await program.start()

    async def answered() -> list[str]:
        return await program.replies("stopped-late")

    assert await eventually(answered, 20) == ["Read: one"]


async def test_a_caller_who_waits_is_told_to_come_back(program: Program, stub: OpenAIStub) -> None:
    stub.script.append(Hang())
    waits = asyncio.create_task(program.posts("stopped-waits", "one", wait=60))
    await stub.until(lambda stub: stub.open == 1)
    stops = asyncio.create_task(program.stop())
    assert (await waits)["status"] == "pending"
    program.kill()  # else its turn would hang until the drain's deadline
    await stops
    await program.start()

    async def answered() -> list[str]:
        return await program.replies("stopped-waits")

    assert await eventually(answered, 20) == ["Read: one"]
