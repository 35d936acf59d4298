"""Bots are listed and changed; what a bot can't be is refused with the field and the bound."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.problem import problem

CHANGES: dict[str, Any] = {
    "name": "Mai",
    "persona": "Short and dry.",
    "fallback_text": "One moment, please.",
    "quiet_seconds": 0.25,
    "max_wait_seconds": 12.5,
    "overlap_policy": "rollback",
    "max_interrupts": 5,
    "interrupt_seconds": 45.0,
    "max_attempts": 2,
    "retry_seconds": 0.5,
    "loop_turns": 0,
    "loop_seconds": 60.0,
    "history_messages": 7,
}

BOUNDS: dict[str, list[Any]] = {
    "name": ["", " ", "a\nb", "x" * 101],
    "persona": ["x" * 20_001, "\x00"],
    "fallback_text": ["", " \n", "x" * 4_001],
    "quiet_seconds": [-0.1, 600.1, "NaN", "soon"],
    "max_wait_seconds": [-1, 3_601],
    "overlap_policy": ["ignore", 1],
    "max_interrupts": [-1, 1_001, 1.5],
    "interrupt_seconds": [-1, 86_401],
    "max_attempts": [0, 21],
    "retry_seconds": [-1, 601],
    "loop_turns": [-1, 2**31],
    "loop_seconds": [0, -1, 1e9],
    "history_messages": [-1, 201],
}


@pytest.fixture
async def neighbour(program: Application) -> aiohttp.ClientSession:
    """An administrator of a workspace of the test's own."""
    return program.client(await program.token("admin", await program.neighbour()))


async def test_a_bot_is_changed_field_by_field(neighbour: aiohttp.ClientSession) -> None:
    async with neighbour as client:
        async with client.get("/api/v1/bots") as response:
            (bot,) = (await response.json())["items"]
        path = f"/api/v1/bots/{bot['bot_id']}"
        for name, value in CHANGES.items():
            async with client.patch(path, json={name: value}) as response:
                assert response.status == 200, await response.text()
                bot |= {name: value}
                assert await response.json() == bot
        async with client.get(path) as response:
            assert await response.json() == bot
        async with client.patch(path, json={}) as response:
            assert await response.json() == bot
    assert bot.keys() == CHANGES.keys() | {"bot_id", "settings"}


@pytest.mark.parametrize("name", BOUNDS)
async def test_what_a_bot_cant_be_is_refused(neighbour: aiohttp.ClientSession, name: str) -> None:
    async with neighbour as client:
        async with client.get("/api/v1/bots") as response:
            (bot,) = (await response.json())["items"]
        path = f"/api/v1/bots/{bot['bot_id']}"
        for value in [*BOUNDS[name], None]:
            async with client.patch(path, json={name: value}) as response:
                told = await problem(response, 422, "invalid_request")
                assert name in told["detail"] or "NUL" in told["detail"]
        async with client.get(path) as response:
            assert await response.json() == bot


async def test_the_bounds_are_none_that_the_table_refuses(
    neighbour: aiohttp.ClientSession,
) -> None:
    lowest = {
        "quiet_seconds": 0, "max_wait_seconds": 0, "max_interrupts": 0, "interrupt_seconds": 0, "max_attempts": 1,
        "retry_seconds": 0, "loop_turns": 0, "loop_seconds": 0.001, "history_messages": 0,
    }  # fmt: skip
    highest = {
        "quiet_seconds": 600, "max_wait_seconds": 3_600, "max_interrupts": 1_000, "interrupt_seconds": 86_400,
        "max_attempts": 20, "retry_seconds": 600, "loop_turns": 100_000, "loop_seconds": 604_800,
        "history_messages": 200,
    }  # fmt: skip
    async with neighbour as client:
        async with client.get("/api/v1/bots") as response:
            (bot,) = (await response.json())["items"]
        for values in (lowest, highest):
            async with client.patch(f"/api/v1/bots/{bot['bot_id']}", json=values) as response:
                assert response.status == 200, await response.text()


async def test_bots_that_are_not_there(
    neighbour: aiohttp.ClientSession, client: aiohttp.ClientSession
) -> None:
    async with client.get("/api/v1/bots") as response:
        (ours,) = (await response.json())["items"]
    async with neighbour as stranger:
        for bot_id in (ours["bot_id"], str(uuid4())):
            async with stranger.get(f"/api/v1/bots/{bot_id}") as response:
                await problem(response, 404, "not_found")
            async with stranger.patch(f"/api/v1/bots/{bot_id}", json={"name": "x"}) as response:
                await problem(response, 404, "not_found")
        async with stranger.patch(f"/api/v1/bots/{uuid4()}", json={"temper": "mild"}) as response:
            told = await problem(response, 422, "invalid_request")
            assert "doesn't know temper" in told["detail"]


async def test_only_administrators_change_bots(program: Application) -> None:
    async with (
        program.client(await program.token("operate")) as operator,
        operator.get("/api/v1/bots") as response,
    ):
        await problem(response, 403, "forbidden")
