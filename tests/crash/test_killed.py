"""kill -9 in the middle of a turn: after the restart there is exactly one reply, within 20 s."""

from __future__ import annotations

from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Hang
from tests.crash.program import Program
from tests.eventually import eventually

RESUMED_S = 20


async def in_the_middle_of_a_turn(program: Program, stub: OpenAIStub, thread: str) -> None:
    """A message is being answered: its model call is open and won't end."""
    stub.script.append(Hang())
    await program.posts(thread, "one")
    await stub.until(lambda stub: stub.open == 1)


async def is_answered_once(program: Program, thread: str) -> None:
    """The next message's reply follows the first's; had there been a second one, it would stand between."""

    async def answered() -> list[str]:
        return await program.replies(thread)

    assert await eventually(answered, RESUMED_S) == ["Read: one"]
    await program.posts(thread, "two", wait=20)
    assert await program.replies(thread) == ["Read: one", "Read: two"]


async def test_the_program(program: Program, stub: OpenAIStub) -> None:
    await in_the_middle_of_a_turn(program, stub, "killed-program")
    program.kill()
    await program.killed()
    await program.start()
    await is_answered_once(program, "killed-program")


async def test_the_program_and_its_database(program: Program, stub: OpenAIStub) -> None:
    await in_the_middle_of_a_turn(program, stub, "killed-both")
    program.kill()
    program.kill_postgres()
    await program.killed()
    await program.start()
    await is_answered_once(program, "killed-both")


async def test_the_database_alone(program: Program, stub: OpenAIStub) -> None:
    """The program starts it again and goes on by itself, with the answer that was being made meanwhile."""
    stub.delay = 3.0
    await program.posts("killed-database", "one")
    await stub.until(lambda stub: stub.open == 1)
    stub.delay = 0.0
    killed = program.kill_postgres()

    async def back() -> bool:
        return program.postmaster() != killed and await program.healthy()

    await eventually(back, RESUMED_S)
    await is_answered_once(program, "killed-database")
