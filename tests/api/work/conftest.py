"""A workspace of the test's own, furnished by SQL: nobody but the test puts anything into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from rejoinder.db import new_id
from tests.api.application import Application
from tests.test_constraints import House, Row, furnish


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace, and an operator's client of it."""

    house: House
    client: aiohttp.ClientSession
    program: Application

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """GET what must be there."""
        async with self.client.get(f"/api/v1{path}", params=query) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            assert response.status == 200, answer
            return answer

    async def post(self, path: str, status: int = 200, **body: object) -> dict[str, Any]:
        """POST what must go well."""
        async with self.client.post(f"/api/v1{path}", json=body) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            assert response.status == status, answer
            return answer

    async def thread(self, state: str = "bot") -> Row:
        """A conversation of its own; one that a person holds wakes no worker."""
        row = self.house.thread(f"thread {new_id()}") | {"state": state}
        await self.house.add("conversations", row)
        return row

    async def turn(self, state: str, **given: object) -> Row:
        """A turn of a conversation of its own, which no worker touches."""
        conversation_id = given.pop("conversation_id", None)
        if conversation_id is None:
            conversation_id = (await self.thread("agent"))["conversation_id"]
        row = self.house.turn(state) | {"conversation_id": conversation_id} | given
        await self.house.add("turns", row)
        return row

    async def message(self, turn: Row, **given: object) -> Row:
        """A message of a turn."""
        row = (
            self.house.message(turn_id=turn["turn_id"])
            | {"conversation_id": turn["conversation_id"]}
            | given
        )
        await self.house.add("messages", row)
        return row

    async def failed(self, text: str = "Hello") -> Row:
        """A turn that gave up, in a conversation that the bot holds, and its dead letter, which is returned."""
        thread = await self.thread()
        turn = await self.turn(
            "failed",
            conversation_id=thread["conversation_id"],
            decision="hand_off",
            error="no model",
        )
        await self.message(turn, text=text, processing_status="failed")
        await self.house.connection.execute(
            "UPDATE conversations SET seq = 10, state = 'waiting' WHERE conversation_id = $1",
            thread["conversation_id"],
        )
        return await self.letter("turn", turn["turn_id"], thread["conversation_id"])

    async def letter(self, kind: str, subject_id: object, conversation_id: object) -> Row:
        """An open dead letter."""
        row: Row = {
            "dead_letter_id": new_id(),
            "kind": kind,
            "subject_id": subject_id,
            "conversation_id": conversation_id,
            "error": "no model",
            "attempts": 3,
        }
        await self.house.add("dead_letters", row)
        return row


@pytest.fixture
async def desk(program: Application) -> AsyncIterator[Desk]:
    """An operator of a new workspace, on the running program.

    The workspace stays: the program may still be answering what a test replayed in it.
    """
    workspace_id = new_id()
    connection = await program.db.session("rejoinder tests desk")
    try:
        await connection.execute(
            "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Desk')",
            workspace_id,
            f"t-{workspace_id}",
        )
        house = await furnish(connection, workspace_id)
        async with program.client(await program.token("operate", workspace_id)) as client:
            yield Desk(house, client, program)
    finally:
        await connection.close()


@pytest.fixture
async def stranger(program: Application) -> AsyncIterator[aiohttp.ClientSession]:
    """An operator of another workspace."""
    neighbour: UUID = await program.neighbour()
    async with program.client(await program.token("operate", neighbour)) as client:
        yield client
