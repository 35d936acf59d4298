"""Many webhooks at once, of many customers: none lost, none twice."""

from __future__ import annotations

import asyncio

from tests.inbound.webhook.edge import Edge, said, together


async def test_a_burst(edge: Edge) -> None:
    room = asyncio.Semaphore(50)

    async def post(number: int) -> int:
        async with room:
            return await edge.post(said(f"t{number % 40}", f"m-{number}", str(number)))

    assert set(await together(*(post(number) for number in range(400)))) == {200}
    while any(state == "waiting" for state, _ in await edge.intake()):
        await edge.apply_waiting()
    rows = await edge.sql("SELECT text FROM messages WHERE workspace_id = $1")
    assert sorted(int(row[0]) for row in rows) == list(range(400))
    assert {state for state, _ in await edge.intake()} <= {"applied"}
