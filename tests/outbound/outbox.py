"""One conversation whose messages leave: what the tests put there, and what they see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from rejoinder.channels.port.outgoing import Outgoing, Receipt
from rejoinder.conversations.model import NewMessage, SenderType
from rejoinder.db import Batch, Tx, new_id
from rejoinder.outbound import store
from rejoinder.outbound.queue import queue_replies
from rejoinder.outbound.sending.deliver import Send, deliver
from rejoinder.queue.jobs import deliver_lane
from tests.scenarios.shop import Shop

TURN = """
INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, woken_at,
    ended_at)
VALUES ($1, $2, $3, 'committed', now(), now(), now(), now(), now())
"""

LOOK = """
SELECT m.text, d.status FROM deliveries d
JOIN messages m ON m.workspace_id = d.workspace_id AND m.message_id = d.message_id
WHERE d.workspace_id = $1 AND d.conversation_id = $2 ORDER BY d.seq
"""

LETTERS = """
SELECT l.error, l.attempts, l.resolution FROM dead_letters l WHERE l.workspace_id = $1 AND l.conversation_id = $2
ORDER BY l.created_at
"""

JOBS = """
SELECT execute_after - now() AS delay FROM pgqueuer
WHERE entrypoint = $2 AND substring(payload FROM 17) = $3 AND $1::uuid IS NOT NULL ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Outbox:
    """One conversation of a shop."""

    shop: Shop
    conversation_id: UUID
    channel_id: UUID
    platform: str = "rest"

    async def bot(self, *texts: str, metadata: dict[str, object] | None = None) -> list[UUID]:
        """The bot answers: one turn with these replies. The ids of the messages."""
        turn_id = new_id()
        async with self.shop.db.transaction(self.shop.workspace_id) as tx:
            await tx.connection.execute(TURN, tx.workspace_id, turn_id, self.conversation_id)
            return await self._queue(tx, texts, "ai", turn_id, metadata or {})

    async def person(self, text: str) -> UUID:
        """A person writes. The message's id."""
        async with self.shop.db.transaction(self.shop.workspace_id) as tx:
            return (await self._queue(tx, [text], "agent", None, {}))[0]

    async def _queue(
        self,
        tx: Tx,
        texts: Sequence[str],
        sender: SenderType,
        turn_id: UUID | None,
        metadata: dict[str, object],
    ) -> list[UUID]:
        seq, now = await store.lock(tx, self.conversation_id)
        messages = [
            NewMessage(
                message_id=new_id(),
                conversation_id=self.conversation_id,
                channel_id=self.channel_id,
                seq=seq + number,
                turn_id=turn_id,
                direction="outbound",
                sender_type=sender,
                sender_id=None,
                kind="text",
                text=text,
                content=[],
                external_id=None,
                fingerprint=None,
                waited_for=False,
                platform_time=now,
                received_at=now,
                metadata=metadata,  # type: ignore[arg-type]
            )
            for number, text in enumerate(texts, 1)
        ]
        batch = Batch(tx)
        queue_replies(batch, sends=True, turn_id=turn_id, at=now, replies=messages)
        store.draw(batch, self.conversation_id, messages[-1].seq)
        await batch.send()
        return [message.message_id for message in messages]

    async def send(self, send: Send) -> None:
        """What a worker does when it is woken."""
        await deliver(self.shop.db, send, self.shop.workspace_id, self.conversation_id)

    async def look(self) -> list[tuple[str, str]]:
        """(text, status) of each delivery, in order."""
        found = await self.shop.sql(LOOK, self.conversation_id)
        return [(row[0], row[1]) for row in found]

    async def statuses(self) -> list[str]:
        """The status of each, in order."""
        return [status for _, status in await self.look()]

    async def letters(self) -> list[tuple[str, int, str | None]]:
        """(error, attempts, resolution) of the dead letters."""
        return [tuple(row) for row in await self.shop.sql(LETTERS, self.conversation_id)]

    async def jobs(self) -> list[timedelta]:
        """How long each job for this conversation still waits."""
        payload, lane = self.conversation_id.bytes, deliver_lane(self.platform)
        return [row[0] for row in await self.shop.sql(JOBS, lane, payload)]

    async def change(self, assignment: str, status: str) -> None:
        """Set columns of the deliveries in that status: the clock moves on, a sender dies."""
        done = await self.shop.sql(
            f"UPDATE deliveries SET {assignment} WHERE workspace_id = $1 AND conversation_id = $2 AND status = $3"
            " RETURNING true",
            self.conversation_id,
            status,
        )
        assert done, f"nothing is {status}"

    async def delivery(self, message_id: UUID) -> UUID:
        """The delivery of a message."""
        async with self.shop.db.read(self.shop.workspace_id) as read:
            found = await store.of_message(read, message_id)
        assert found is not None
        return found.delivery_id


async def never(outgoing: Outgoing) -> Receipt:
    """For what must not be sent."""
    pytest.fail(f"{outgoing.text!r} was sent")  # no Exception: who delivers would catch it
