"""A channel, its customers, and the receiver that counts what comes back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import aiohttp

from tests.crash.house import ledger
from tests.crash.house.count import Counted, count
from tests.crash.house.receiver import Receiver
from tests.eventually import eventually

if TYPE_CHECKING:
    from tests.crash.house.house import House

_RETRY_S = 0.2
_ACKNOWLEDGED = {200, 202}


class Shop:
    """What its customers said, in order, and what was posted to its receiver."""

    def __init__(self, house: House, channel_id: str, receiver: Receiver, honours: bool) -> None:
        self.house = house
        self.channel_id = UUID(channel_id)
        self.receiver = receiver
        self.honours = honours
        self.said: dict[str, list[str]] = {}
        self.retried = 0

    async def says(self, thread: str) -> UUID:
        """The customer's next message, sent again until it is acknowledged; the conversation's id.

        A customer who wasn't told that it arrived sends the same message again under the same id.
        """
        tokens = self.said.setdefault(thread, [])
        token = f"{thread}.{len(tokens)}"
        tokens.append(token)
        body = {
            "channel_id": str(self.channel_id),
            "conversation_id": thread,
            "message_id": token,
            "text": token,
        }
        while True:
            answer = await self._post(body)
            if answer is not None:
                return UUID(answer)
            self.retried += 1
            await asyncio.sleep(_RETRY_S)

    async def _post(self, body: dict[str, str]) -> str | None:
        try:
            async with (
                self.house.client() as client,
                client.post("/api/v1/messages", json=body) as response,
            ):
                if response.status >= 500:
                    return None
                answer = await response.json()
                assert response.status in _ACKNOWLEDGED, answer
                return str(answer["conversation_id"])
        except (aiohttp.ClientError, OSError):  # the server was killed, or is not up again
            return None

    async def settled(self, seconds: float) -> None:
        """Until nothing of it is under way."""

        async def nothing() -> bool:
            return not await ledger.open_work(self.house, self.channel_id)

        await eventually(nothing, seconds)

    async def counted(self) -> Counted:
        """What came, held against what was said.

        What a person was told of needs no reply: messages of a conversation handed to people, and, where the receiver
        does not honour the id, replies of unknown fate.
        """
        told = await ledger.told_to_people(self.house, self.channel_id)
        unknown: set[str] = set()
        delayed: set[str] = set()
        if not self.honours:
            unknown = await ledger.of_unknown_fate(self.house, self.channel_id)
            delayed = await ledger.once_of_unknown_fate(self.house, self.channel_id)
        return count(
            self.said,
            self.receiver.posts,
            honours=self.honours,
            excused=told | unknown,
            delayed=delayed,
        )
