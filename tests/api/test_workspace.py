"""`/api/v1/workspace`: its name and plan, and what the plan does."""

from __future__ import annotations

import aiohttp

from tests.api.application import Application
from tests.api.say import read, say


async def test_a_plan_makes_its_messages_go_before_equals(program: Application) -> None:
    """The workspace is a fresh one: channels, and the plan with them, are remembered for seconds."""
    neighbour = await program.neighbour()
    async with program.client(await program.token(workspace_id=neighbour)) as client:
        assert (await read(client, "/workspace"))["plan"] == "starter"
        async with client.patch("/api/v1/workspace", json={"plan": "premium"}) as response:
            assert (await response.json())["plan"] == "premium"
        plain = await say(client)
        urgent = await say(client, urgency="urgent")
        turns = {
            turn["turn_id"]: turn["priority"] for turn in (await read(client, "/turns"))["items"]
        }
        assert [turns[each["turn_id"]] for each in (plain, urgent)] == [54, 94]


async def test_rubbish_changes_nothing(client: aiohttp.ClientSession) -> None:
    before = await read(client, "/workspace")
    for body in ({"plan": "gold"}, {"name": " "}, {"slug": "x"}):
        async with client.patch("/api/v1/workspace", json=body) as response:
            assert response.status == 422
    assert await read(client, "/workspace") == before


async def test_it_needs_an_administrators_token(program: Application) -> None:
    async with (
        program.client(await program.token("operate")) as client,
        client.patch("/api/v1/workspace", json={"plan": "premium"}) as response,
    ):
        assert response.status == 403
