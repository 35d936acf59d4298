"""`/api/v1/usage`: what the models took, and the budgets of a workspace and its bots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.say import read
from tests.usage.calls import call, record


async def test_what_was_spent_is_told_by_what_is_asked_for(program: Application) -> None:
    workspace_id = await program.neighbour()
    kept = call(cached_tokens=40, purpose="analyse")
    await record(program.db, workspace_id, kept, call(purpose="evaluate", cost=None))
    async with program.client(await program.token(workspace_id=workspace_id)) as client:
        found = await read(client, "/usage", by="purpose, model")
    items = [
        (each["purpose"], each["model"], each["calls"], each["cost"]) for each in found["items"]
    ]
    assert items == [("analyse", "gpt-x", 1, 1.0), ("evaluate", "gpt-x", 1, 0.0)]
    assert found["items"][0]["cached_tokens"] == 40
    assert found["items"][0]["day"] is None
    assert (found["total"]["calls"], found["total"]["unpriced"]) == (2, 1)
    assert (found["evaluation"]["calls"], found["superseded"]["calls"]) == (1, 0)
    today = datetime.now(UTC).date()
    assert found["until"] == today.isoformat()
    assert found["since"] == (today - timedelta(days=30)).isoformat()


async def test_a_workspaces_budget_is_set_seen_and_taken_away(program: Application) -> None:
    workspace_id = await program.neighbour()
    await record(program.db, workspace_id, call(cost=Decimal("0.5")))
    async with program.client(await program.token(workspace_id=workspace_id)) as client:
        assert (await read(client, "/workspace"))["usd_a_day"] is None
        change = {"usd_a_day": 2, "usd_a_month": 0.25}
        async with client.patch("/api/v1/workspace", json=change) as response:
            changed = await response.json()
            assert (changed["usd_a_day"], changed["usd_a_month"]) == (2.0, 0.25)
        async with client.patch("/api/v1/workspace", json={"name": "Shop"}) as response:
            assert (await response.json())["usd_a_day"] == 2.0
        budgets = (await read(client, "/usage"))["budgets"]
        assert [(each["period"], each["percent"], each["used_up"]) for each in budgets] == [
            ("day", 25, False),
            ("month", 200, True),
        ]
        async with client.patch("/api/v1/workspace", json={"usd_a_month": None}) as response:
            changed = await response.json()
            assert (changed["usd_a_day"], changed["usd_a_month"]) == (2.0, None)


@pytest.mark.parametrize(
    "query",
    [
        {"by": "colour"},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"since": "2020-01-01", "until": "2026-05-01"},
        {"since": "yesterday"},
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: aiohttp.ClientSession, query: dict[str, str]
) -> None:
    async with client.get("/api/v1/usage", params=query) as response:
        assert response.status == 422, await response.text()


async def test_a_negative_budget_is_refused(client: aiohttp.ClientSession) -> None:
    async with client.patch("/api/v1/workspace", json={"usd_a_day": -1}) as response:
        assert response.status == 422


async def test_it_needs_an_administrators_token(program: Application) -> None:
    async with (
        program.client(await program.token("operate")) as client,
        client.get("/api/v1/usage") as response,
    ):
        assert response.status == 403
