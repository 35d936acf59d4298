"""Two hundred conversations at the same time, each with a caller who waits."""

from __future__ import annotations

import asyncio
from collections import Counter

from rejoinder.testing import OpenAIStub
from tests.crash.conftest import asked
from tests.crash.program import Program, posts, replies

CONVERSATIONS = 200


async def test_each_gets_its_one_reply(program: Program, stub: OpenAIStub) -> None:
    stub.delay = 0.2
    threads = [f"many-{number}" for number in range(CONVERSATIONS)]
    async with program.client() as client:
        answers = await asyncio.gather(
            *(posts(client, thread, f"I am {thread}.", wait=30) for thread in threads)
        )
        stored = await asyncio.gather(*(replies(client, thread) for thread in threads))
    assert [answer["status"] for answer in answers] == ["answered"] * CONVERSATIONS
    told = [[reply["text"] for reply in answer["replies"]] for answer in answers]
    assert told == stored == [[f"Read: I am {thread}."] for thread in threads]
    assert Counter(map(asked, stub.requests)) == {f"I am {thread}.": 1 for thread in threads}
