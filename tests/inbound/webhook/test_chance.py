"""Whatever is locked, repeated, late or tried again meanwhile: each message once, each thread in order."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack

import pytest

from tests.inbound.webhook.edge import Edge, said

THREADS = ("mae", "nid", "oat")


@pytest.mark.parametrize("seed", range(3))
async def test_each_message_once_and_each_thread_in_order(edge: Edge, seed: int) -> None:
    chance = random.Random(seed)
    wanted: dict[str, list[str]] = {thread: [] for thread in THREADS}
    bodies = []

    async def post() -> None:
        batch = []
        for thread in chance.choices(THREADS, k=chance.randint(1, 3)):
            text = str(len(wanted[thread]))
            wanted[thread].append(text)
            batch.append(said(thread, f"{thread}-{text}", text))
        bodies.append(batch)
        assert await edge.post(*batch) == 200

    await edge.post(*(said(thread, f"{thread}-first", "first") for thread in THREADS))
    for _ in range(3):
        async with AsyncExitStack() as stack:
            for thread in chance.sample(THREADS, chance.randint(0, 2)):
                await stack.enter_async_context(edge.locked(thread))
            await post()
            if chance.random() < 0.5:
                await edge.apply_waiting()
        await post()
        if chance.random() < 0.5:
            await edge.apply_waiting()
        assert await edge.post(*chance.choice(bodies)) == 200
    while any(state == "waiting" for state, _ in await edge.intake()):
        await edge.apply_waiting()
    assert {thread: await edge.texts(thread) for thread in THREADS} == {
        thread: ["first", *texts] for thread, texts in wanted.items()
    }
